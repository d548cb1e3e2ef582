// Every screen at four widths, in both languages and both themes: pictures for people, rules for the machine.
import { after, describe, it } from "node:test";
import { lookName } from "./support.mjs";
import { signIn } from "./path/door.mjs";
import { measure } from "./path/judge.mjs";
import { everythingFits } from "./path/layout.mjs";
import { SCREENS, arrange, screened, settled } from "./path/screens.mjs";
import { followFocus } from "./path/tabbing.mjs";
import { Visitor } from "./path/visitor.mjs";

const SIZES = ["desktop", "phone"];
const LANGUAGES = ["en-US", "zh-CN"];
const THEMES = ["light", "dark"];

/// Further widths: a small phone and a tablet, of which there are pictures, and a desktop enlarged to 200 %. They are
/// measured in the language with the longer words.
const FURTHER = {
  phone: [
    { name: "small", view: { width: 360, height: 740 } },
    { name: "tablet", view: { width: 768, height: 1024 } },
  ],
  desktop: [{ view: { width: 720, height: 450 } }],
};

const here = screened();

/// What a signed-in browser holds, by server: signing in is another suite's matter.
const logins = new Map();

for (const size of SIZES) {
  for (const language of LANGUAGES) {
    const touch = size === "phone";
    // Deque's rules have a suite of their own: axe.test.mjs.
    const followed = size === "desktop";

    describe(`${size}, ${language}`, () => {
      const visitors = new Map();

      async function draw(visitor, screen, size) {
        for (const theme of THEMES) {
          await visitor.page.emulateMedia({ colorScheme: theme });
          await visitor.picture(`${screen.name}-${lookName({ size, theme, language })}`);
        }
      }

      async function judge({ page }) {
        const { width, height } = page.viewportSize();
        await measure(page, { touch });
        await everythingFits(page, { touch, where: `at ${width} × ${height}` });
      }

      /// Draws and measures the screen at the further widths.
      async function lookFurther(visitor, screen) {
        const { page } = visitor;
        const own = page.viewportSize();
        for (const { name, view } of FURTHER[size]) {
          await page.setViewportSize(view);
          await settled(visitor);
          if (name) await draw(visitor, screen, name);
          if (language === "en-US") await judge(visitor);
        }
        await page.setViewportSize(own);
      }

      /// Whoever looks at a server, at its door or signed in.
      async function visitorFor({ server, as }) {
        const key = `${server} ${as}`;
        if (!visitors.has(key)) {
          // Animations only cost time here.
          const look = { size, language, theme: "light", reducedMotion: "reduce", storageState: as && logins.get(server) };
          const visitor = await Visitor.arrive(here.browser, here.stage[server].url, look);
          visitors.set(key, visitor);
          if (as && !logins.has(server)) {
            await signIn(visitor, as);
            logins.set(server, await visitor.context.storageState());
          }
        }
        return visitors.get(key);
      }

      after(async () => {
        for (const visitor of visitors.values()) await visitor.close();
      });

      for (const screen of SCREENS) {
        it(screen.name, async () => {
          const visitor = await visitorFor(screen);
          // What is drawn in a frame of its own follows another theme a little later than the page.
          await visitor.page.emulateMedia({ colorScheme: THEMES[0] });
          await arrange(visitor, screen, here.stage);
          await draw(visitor, screen, size);
          if (screen.keyboard && followed) await followFocus(visitor.page);
          await settled(visitor);
          await judge(visitor);
          await lookFurther(visitor, screen);
          visitor.settle();
        });
      }
    });
  }
}
