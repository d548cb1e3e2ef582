// Deque's rules find nothing, however small, on any screen: at both sizes, in both themes, each size in one language.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { signIn } from "./path/door.mjs";
import { violations } from "./path/judge.mjs";
import { SCREENS, arrange, screened } from "./path/screens.mjs";
import { Visitor } from "./path/visitor.mjs";

/// What a theme can break; everything else was looked at in the other one.
const COLOURS = ["color-contrast", "link-in-text-block"];

const here = screened();

for (const look of [
  { size: "desktop", language: "en-US" },
  { size: "phone", language: "zh-CN" },
]) {
  describe(`nothing keeps anybody out, ${look.size}, ${look.language}`, () => {
    const visitors = new Map();

    after(async () => {
      for (const visitor of visitors.values()) await visitor.close();
    });

    async function visitorFor({ server, as }) {
      const key = `${server} ${as}`;
      if (!visitors.has(key)) {
        // Animations only cost time here.
        visitors.set(key, await Visitor.arrive(here.browser, here.stage[server].url, { ...look, theme: "light", reducedMotion: "reduce" }));
        if (as) await signIn(visitors.get(key), as);
      }
      return visitors.get(key);
    }

    for (const screen of SCREENS) {
      it(screen.name, async () => {
        const visitor = await visitorFor(screen);
        await arrange(visitor, screen, here.stage);
        for (const [theme, rules] of [["light", null], ["dark", COLOURS]]) {
          await visitor.page.emulateMedia({ colorScheme: theme });
          const found = await violations(visitor.page, rules);
          assert.deepEqual(found.filter((fault) => !screen.except || !fault.startsWith(`${screen.except} `)), [], theme);
        }
        await visitor.page.emulateMedia({ colorScheme: "light" });
        visitor.settle();
      });
    }
  });
}
