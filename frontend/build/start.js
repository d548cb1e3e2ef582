// Loads the program that boot.js chose. build/post.mjs fills in the names of this build.
import { openDoor } from "./door.js";
import { openFrame } from "./frame.js";

const boot = window.aichatBoot;

// Fetched when the first closed code block is drawn, and when somebody looks at what can be done with an answer.
let highlighter, rich;
// Fetched when the first formula, table or diagram is drawn, or a picture opened. Then its own functions stand here.
let blocks;
const later = (name) => (...given) =>
  (blocks ??= import("__BLOCKS__")).then(
    ({ default: all }) => Object.assign(window.aichat, all)[name](...given),
    // Without it texts stay as they were written; the next one asks again.
    () => (blocks = undefined),
  );
window.aichat = {
  highlight: (code, language) =>
    (highlighter ??= import("__HIGHLIGHT__")).then((module) => module.highlight(code, language)),
  // What fits the letters after a colon, as text: a table of a few hundred signs, of which the program itself knows none.
  emoji: (search) => import("__EMOJI__").then(({ find }) => JSON.stringify(find(search))),
  // One that did not come is asked for again.
  rich: () => (rich ??= import("__RICH__").catch((reason) => ((rich = undefined), Promise.reject(reason)))),
  dress: later("dress"),
  preview: later("preview"),
  download: later("download"),
  view: later("view"),
};

if (boot.current) {
  try {
    openFrame();
    await openDoor(boot.door);
    const { default: init } = await import(boot.program[0]);
    await init({ module_or_path: boot.program[1] });
    boot.started();
  } catch (reason) {
    boot.failed(reason);
    throw reason;
  }
}
