// Name, logo and colour are set on the settings page and worn at once: in every tab, at the door, and before the program.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, registerAdmin, registerUser, startAichat, until, visit } from "./support.mjs";
import { png } from "./files/make.mjs";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";

const SVG = { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') };

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

const accent = (page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim());
const icon = (page) => page.evaluate(() => document.querySelector("link[rel=icon]").href);

for (const look of [
  { size: "desktop", language: "en-US", theme: "light" },
  { size: "phone", language: "zh-CN", theme: "dark" },
]) {
  const wanted = { light: /^#aa3377$/, dark: /^#[0-9a-f]{6}$/ }[look.theme];

  describe(`a brand, ${look.size}, ${look.language}, ${look.theme}`, () => {
    let server;
    let ada;
    let bob;

    before(async () => {
      server = await startAichat();
      await registerUser(await registerAdmin(server.url), "bob");
      [ada, bob] = await Promise.all(["ada", "bob"].map(() => Visitor.arrive(browser, server.url, { ...look, reducedMotion: "reduce" })));
      await signIn(ada, "ada");
      await signIn(bob, "bob");
    });

    after(async () => {
      await Promise.all([ada?.close(), bob?.close()]);
      await server?.stop();
    });

    const step = (name, story) => it(name, async () => {
      await story();
      ada.settle();
      bob.settle();
    });

    step("is looked at before it is saved, and worn by other people at once", async () => {
      const { page, chat, words } = ada;
      const own = await accent(bob.page);
      await page.goto("/settings/system");
      const row = page.locator("#brand-colour");
      const field = page.locator("#brand-colour-field");
      await field.fill("pink");
      await row.getByText(words.brand.COLOUR_RULE, { exact: true }).waitFor();
      await field.fill("#aa3377");
      const samples = page.locator(".brand-sample");
      await until("two samples", async () => (await samples.count()) === 2);
      const shown = await samples.locator(".sample-button").first().evaluate((button) => getComputedStyle(button).backgroundColor);
      assert.equal(shown, "rgb(170, 51, 119)");
      assert.equal(await accent(bob.page), own, "nothing is saved yet");
      await ada.picture(`brand-${look.size}-${look.theme}`);
      await chat.press(chat.button(words.common.SAVE, row));
      await row.getByText(words.common.SAVED, { exact: true }).waitFor();
      await until("the colour reached the other person", async () => (await accent(bob.page)) !== own);
      assert.match(await accent(bob.page), wanted);
      assert.equal(await accent(bob.page), await accent(page));
      assert.match(await icon(bob.page), /^data:image\/svg\+xml/);
    });

    step("shows its logo in place of the icon, and takes no drawing that could run", async () => {
      const { page, chat, words } = ada;
      const row = page.locator("#brand-logo");
      ada.allow(/status of 415/);
      await row.locator("input[type=file]").setInputFiles(SVG);
      await row.locator(".error-card").waitFor();
      await row.locator("input[type=file]").setInputFiles(png("logo.png", { width: 300, height: 100, shade: 120 }));
      await row.locator("img.brand-logo").waitFor();
      await until("the error is gone", async () => (await row.locator(".error-card").count()) === 0);
      await bob.chat.openList();
      const seen = bob.page.locator(".sidebar .brand-logo");
      await until("the logo is drawn", () => seen.evaluate((logo) => logo.complete && logo.naturalWidth > 0));
      await until("the icon follows", async () => /\/api\/settings\/logo\?v=/.test(await icon(bob.page)));
      await page.locator("#brand-name-field").fill("Harbour 港湾");
      await chat.press(chat.button(words.common.SAVE, page.locator("#brand-name")));
      await until("the name is in the title", async () => /Harbour 港湾$/.test(await bob.page.title()));
      await bob.picture(`brand-worn-${look.size}-${look.theme}`);
    });

    step("stands at the door before the program is there", () =>
      visit(browser, server.url, look, async (page) => {
        let release;
        const released = new Promise((resolve) => (release = resolve));
        await page.route("**/*_bg.wasm", async (route) => {
          await released;
          await route.continue();
        });
        await page.goto("/auth/login");
        await page.locator("#boot-door .brand-logo").waitFor();
        assert.match(await accent(page), wanted);
        release();
        await page.locator("#boot-door").waitFor({ state: "detached" });
        await page.getByText("Harbour 港湾", { exact: true }).waitFor();
        assert.match(await page.title(), /Harbour 港湾$/);
        assert.match(await icon(page), /\/api\/settings\/logo\?v=/);
      }));

    step("goes as it came", async () => {
      const { page, chat, words } = ada;
      await chat.press(chat.button(words.brand.COLOUR_RESET, page.locator("#brand-colour")));
      await chat.press(chat.button(words.settings.AVATAR_REMOVE, page.locator("#brand-logo")));
      await until("the icon is the product's own", async () => /favicon-[0-9a-f]+\.svg$/.test(await icon(bob.page)));
      await until("no colour of its own", async () => ["#1f6b52", "#7cc5a5"].includes((await accent(bob.page)).toLowerCase()));
      assert.deepEqual(await ada.api("/api/settings/branding"), { name: "Harbour 港湾" });
    });
  });
}
