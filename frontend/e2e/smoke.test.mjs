// The first page of a new server, on every kind of screen and by both kinds of address.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { LOOKS, launch, lookName, picture, startAichat, visit } from "./support.mjs";

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startAichat(), launch()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

describe("a new server", () => {
  for (const look of LOOKS) {
    for (const address of ["url", "named"]) {
      it(`leads to the first account, ${lookName(look)}, by ${address === "url" ? "number" : "name"}`, () =>
        visit(browser, server[address], look, async (page) => {
          await page.goto("/");
          await page.waitForURL("**/auth/register");
          await page.locator("input[type=password]").first().waitFor();
          const root = await page.evaluate(() => ({
            lang: document.documentElement.lang,
            wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
            ground: getComputedStyle(document.body).backgroundColor,
          }));
          assert.equal(root.lang, look.language === "zh-CN" ? "zh-Hans" : "en");
          assert.equal(root.wide, false, "the page scrolls sideways");
          assert.equal(root.ground, look.theme === "dark" ? "rgb(27, 26, 24)" : "rgb(251, 250, 247)");
          await picture(page, `register-${lookName(look)}-${address}`);
        }));
    }
  }
});

describe("a browser that cannot start the program", () => {
  it("reads a sentence in both languages instead of a blank page", () =>
    visit(browser, server.url, {}, async (page, visitor) => {
      visitor.allow(/_bg\.wasm|page error/);
      await page.route("**/*_bg.wasm", (route) => route.abort());
      await page.goto("/");
      const text = await page.locator("#boot-note").innerText();
      assert.match(text, /could not start/);
      assert.match(text, /未能启动/);
    }));

  it("is told which browsers are new enough", () =>
    visit(browser, server.url, {}, async (page) => {
      await page.addInitScript(() => {
        CSS.supports = () => false;
      });
      await page.goto("/");
      const text = await page.locator("#boot-note").innerText();
      assert.match(text, /Chrome 111, Safari 16\.4, Firefox 128/);
      assert.match(text, /更新的浏览器/);
    }));
});
