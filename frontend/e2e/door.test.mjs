// The sign-in form stands before the program has arrived, and nothing typed into it is lost.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { LOOKS, PASSWORD, holdProgram, launch, lookName, picture, registerAdmin, registerUser, startAichat, visit } from "./support.mjs";

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startAichat(), launch()]);
  await registerUser(await registerAdmin(server.url), "bob");
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const PARTS = "header, h1, form, .field-label, .field input, form button[type=submit], .door-other, .door-foot";

/// Where every part of the page stands, and what it says. Of the foot only the height is kept free.
const layout = (page) =>
  page.evaluate((parts) =>
    [...document.querySelectorAll(parts)].map((part) => {
      const { x, y, width, height } = part.getBoundingClientRect();
      const foot = part.className === "door-foot";
      return foot ? [part.tagName, y, height] : [part.tagName, part.innerText, x, y, width, height];
    }), PARTS);

describe("the sign-in form before the program", () => {
  for (const look of LOOKS) {
    it(`looks exactly like the program's own, ${lookName(look)}`, () =>
      visit(browser, server.named, look, async (page) => {
        const release = await holdProgram(page);
        await page.goto("/auth/login");
        await page.locator("#boot-door input[type=password]").waitFor();
        const early = await layout(page);
        await picture(page, `door-${lookName(look)}`);
        release();
        await page.locator("#boot-door").waitFor({ state: "detached" });
        assert.deepEqual(early, await layout(page));
      }));
  }

  it("hands over what was typed and where the cursor stood", () =>
    visit(browser, server.url, {}, async (page) => {
      const release = await holdProgram(page);
      await page.goto("/");
      await page.locator("#door-username").fill("bob");
      await page.locator("#door-password").pressSequentially("half a pass");
      release();
      await page.locator("#boot-door").waitFor({ state: "detached" });
      assert.equal(await page.locator("#username").inputValue(), "bob");
      assert.equal(await page.evaluate(() => document.activeElement.id), "password");
      await page.keyboard.type("word");
      assert.equal(await page.locator("#password").inputValue(), "half a password");
    }));

  it("keeps what was typed when the program takes long, and says so beside it", () =>
    visit(browser, server.named, { size: "phone" }, async (page) => {
      const release = await holdProgram(page);
      await page.clock.install();
      await page.goto("/auth/login");
      await page.locator("#door-username").fill("bob");
      await page.clock.fastForward(15_000);
      await page.locator("#boot-door #boot-note").waitFor();
      await picture(page, "door-slow");
      assert.equal(await page.locator("#door-username").inputValue(), "bob");
      release();
      await page.locator("#boot-door").waitFor({ state: "detached" });
      assert.equal(await page.locator("#username").inputValue(), "bob");
      assert.equal(await page.locator("#boot-note").count(), 0, "the word about patience stayed");
    }));

  it("signs in a person who pressed the button early", () =>
    visit(browser, server.named, {}, async (page) => {
      const release = await holdProgram(page);
      await page.goto("/auth/login");
      await page.locator("#door-username").fill("bob");
      await page.locator("#door-password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      release();
      await page.waitForURL((url) => url.pathname === "/");
      await page.reload();
      assert.equal(await page.locator("#boot-door").count(), 0, "the form flashed up for somebody who is signed in");
    }));

  it("takes in whoever comes second to a new server", async () => {
    const fresh = await startAichat();
    try {
      await visit(browser, fresh.url, {}, async (page) => {
        await page.goto("/");
        await page.waitForURL("**/auth/register");
        await registerAdmin(fresh.url);
        await page.locator("#username").fill("bob");
        await page.locator("#password").fill(PASSWORD);
        await page.keyboard.press("Enter");
        await page.waitForURL("**/auth/pending*");
        await page.locator("a[href='/auth/login']").click();
        await page.locator("input[autocomplete=current-password]").waitFor();
        assert.equal(new URL(page.url()).pathname, "/auth/login");
      });
    } finally {
      await fresh.stop();
    }
  });

  it("leaves a new server to the program, which sets it up", async () => {
    const fresh = await startAichat();
    try {
      await visit(browser, fresh.url, {}, async (page) => {
        await page.addInitScript(() => {
          window.doors = 0;
          new MutationObserver(() => (window.doors += document.querySelectorAll("#boot-door").length))
            .observe(document, { childList: true, subtree: true });
        });
        await page.goto("/");
        await page.waitForURL("**/auth/register");
        assert.equal(await page.evaluate(() => window.doors), 0);
      });
    } finally {
      await fresh.stop();
    }
  });
});
