// Every shortcut does what the overview says, and one switch takes all of them away.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";

const LOOKS = [
  { size: "desktop", language: "en-US", theme: "light" },
  { size: "desktop", language: "zh-CN", theme: "dark" },
];

const here = serving(["ok", "canned-en", "tokens-6000-50"]);

const overview = ({ page, words }) => page.getByRole("dialog", { name: words.shortcuts.TITLE });
/// A chat with an answer that has code.
async function converse(visitor) {
  const { chat, page } = visitor;
  await page.goto("/");
  await chat.box.waitFor();
  await chat.choose("canned-en");
  await chat.send("code, please");
  await chat.ended();
}

for (const look of LOOKS) {
  describe(`shortcuts, ${look.language}`, () => {
    let visitor;

    before(async () => {
      visitor = await Visitor.arrive(here.browser, here.server.url, { ...look, reducedMotion: "reduce" });
      await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await signIn(visitor, "ada");
      await converse(visitor);
    });

    after(() => visitor?.close());

    const step = (name, story) => it(name, async () => {
      await story(visitor);
      visitor.settle();
    });

    step("are listed in an overview that its own keys close", async ({ page, words }) => {
      await page.keyboard.press("Control+/");
      await overview(visitor).waitFor();
      for (const name of ["NEW_CHAT", "SIDEBAR", "COPY_ANSWER", "STOP", "FOCUS", "TALL", "EDIT_LAST", "VERSION_BEFORE", "EDITOR_SAVE"]) {
        await overview(visitor).getByText(words.shortcuts[name], { exact: true }).waitFor();
      }
      const keys = await overview(visitor).locator("div").filter({ hasText: words.shortcuts.NEW_CHAT }).last().locator("kbd").allInnerTexts();
      assert.deepEqual(keys, ["Ctrl", "Shift", "O"]);
      await visitor.picture(`shortcuts-${look.language.slice(0, 2)}`);
      const before = page.url();
      await page.keyboard.press("Control+Shift+O");
      assert.equal(page.url(), before, "below a dialog nothing moves");
      await page.keyboard.press("Control+/");
      await overview(visitor).waitFor({ state: "detached" });
    });

    step("copy the last answer and the last code block", async ({ page, chat, words }) => {
      await page.keyboard.press("Control+Shift+C");
      await chat.button(words.common.COPIED, chat.last.locator(".actions")).waitFor();
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      assert.match(await clipboard(), /```/);
      await page.keyboard.press("Control+Shift+;");
      await until("the code", async () => !/```/.test(await clipboard()));
      const code = await page.locator("figure.code code").last().innerText();
      assert.equal((await clipboard()).trim(), code.trim());
    });

    step("fold and show the list, and say so beside its button", async ({ page, words }) => {
      const app = page.locator(".app");
      await page.keyboard.press("Control+Shift+S");
      await until("folded", () => app.evaluate((app) => app.classList.contains("folded")));
      await page.getByRole("button", { name: words.chat.OPEN_LIST }).hover();
      await page.locator(".tooltip kbd", { hasText: "Ctrl+Shift+S" }).waitFor();
      await page.keyboard.press("Control+Shift+S");
      await until("docked", () => app.evaluate((app) => !app.classList.contains("folded")));
    });

    step("open the models and lead to the text box", async ({ page, chat, words }) => {
      await page.keyboard.press("Control+Shift+M");
      await page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL }).waitFor();
      await page.locator(".picker:focus-within").waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".head-title").focus();
      await page.keyboard.press("Shift+Escape");
      await until("the text box has the focus", () => chat.box.evaluate((box) => box === document.activeElement));
    });

    step("begin a new chat, delete one with a way back, and open the settings", async ({ page, chat, words }) => {
      const path = new URL(page.url()).pathname;
      await page.keyboard.press("Control+Shift+Backspace");
      await page.locator(".welcome").waitFor();
      await chat.press(chat.button(words.common.UNDO));
      await page.waitForURL(`**${path}`);
      await chat.last.waitFor();
      await page.keyboard.press("Control+Shift+O");
      await page.locator(".welcome").waitFor();
      await page.keyboard.press("Control+.");
      await page.waitForURL("**/settings/profile");
      await page.keyboard.press("Control+Shift+O");
      await page.waitForURL((url) => url.pathname === "/");
      await chat.box.waitFor();
    });

    step("are switched off by one switch, which this browser remembers", async ({ page, chat, words }) => {
      await page.goto("/settings/profile#shortcuts");
      const toggle = page.getByRole("switch", { name: words.shortcuts.SWITCH });
      await toggle.click();
      await until("off", async () => (await toggle.getAttribute("aria-checked")) === "false");
      await chat.press(chat.button(words.shortcuts.SHOW));
      await overview(visitor).getByText(words.shortcuts.ARE_OFF, { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await converse(visitor);
      const url = page.url();
      await page.keyboard.press("Control+Shift+O");
      await page.keyboard.press("Control+/");
      await page.keyboard.press("Control+Shift+E");
      // A key that still does something: by then those before it have done what they do.
      await chat.box.pressSequentially("x");
      await until("the letter", async () => (await chat.box.inputValue()) === "x");
      assert.equal(page.url(), url);
      assert.equal(await overview(visitor).count(), 0);
      assert.equal(await page.locator(".dock.tall").count(), 0);
      await chat.box.fill("");
      await chat.choose("tokens-6000-50");
      await chat.send("on and on");
      await chat.begun("w2");
      await page.keyboard.press("Escape");
      // What comes after the key: it stopped nothing.
      await chat.begun("w40");
      await chat.press(chat.stopButton);
      await chat.ended();
      await page.goto("/settings/profile#shortcuts");
      await toggle.click();
      await until("on", async () => (await toggle.getAttribute("aria-checked")) === "true");
    });
  });
}
