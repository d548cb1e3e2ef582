// A story that is told twice: at a desk in English and on a phone in Chinese.
import { signIn } from "./door.mjs";
import { story } from "./story.mjs";
import { Visitor } from "./visitor.mjs";

const LOOKS = [
  { size: "desktop", language: "en-US", theme: "light" },
  { size: "phone", language: "zh-CN", theme: "dark" },
];

/// Tells a story once for each look. `setUp(look)` gives the stage, as a story takes it.
export function twice(title, steps, setUp) {
  for (const look of LOOKS) {
    story(`${title}, ${look.size}, ${look.language}`, () => setUp({ ...look, reducedMotion: "reduce" }), steps);
  }
}

/// A stage with these people, each in a browser of their own; those with `true` are signed in.
export async function people(browser, url, look, names) {
  const stage = { look, visitors: [], close: () => Promise.all(stage.visitors.map((visitor) => visitor.close())) };
  for (const [name, isIn] of Object.entries(names)) {
    stage[name] = await Visitor.arrive(browser, url, look);
    stage.visitors.push(stage[name]);
    if (isIn) await signIn(stage[name], name);
  }
  return stage;
}

/// The administrator alone, at a server of `serving`.
export const alone = (here) => (look) => people(here.browser, here.server.url, look, { ada: true });
