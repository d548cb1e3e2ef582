// Writing a message: messages that wait, commands and models while typing, long pastes, the whole page, what holds for one
// chat, addresses that fill the box.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { attached } from "./files/make.mjs";
import { letIn } from "./path/let-in.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill, pattern } from "./path/words.mjs";

/// An answer that is always stopped before it ends, and one that ends by itself after whatever is done meanwhile.
const LONG = "tokens-6000-50";
const SHORT = "tokens-400-40";

const here = serving(["ok", "echo", "inspect", SHORT, LONG], async ({ admin }) => {
  const { items } = await admin.ok("GET", "/api/catalog?q=inspect");
  const { id } = items.find(({ name }) => name === "inspect");
  await admin.ok("PATCH", `/api/catalog/${id}`, { overrides: { facts: { efforts: ["low", "high"] } } });
});

for (const look of [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
]) {
  describe(`writing, ${look.size}, ${look.language}`, () => {
    let ada;
    let waiting;
    let offers;

    letIn(here, look, (visitor) => {
      ada = visitor;
      waiting = ada.page.locator(".waiting-row");
      offers = ada.page.locator(".suggest-row");
    });

    beforeEach(async () => {
      await ada.page.goto("/");
      await ada.page.locator(".welcome").waitFor();
      await ada.chat.box.fill("");
    });

    const has = (locator, count) => until(`${count} of them`, async () => (await locator.count()) === count);
    const named = (text, name) => ada.chat.button(fill(ada.words.composer[text], { text: name }));

    /// Puts a message behind the answer, as this device does it.
    async function queue(text) {
      const { chat, page, words } = ada;
      await chat.box.fill(text);
      if (chat.isPhone) await chat.press(chat.button(words.composer.QUEUE));
      else await page.keyboard.press("Enter");
      await waiting.filter({ hasText: text }).waitFor();
      assert.equal(await chat.box.inputValue(), "");
    }

    /// Pastes a text, with Shift or without.
    async function paste(text, shift = false) {
      const { chat, page } = ada;
      await chat.box.focus();
      if (shift) await chat.box.dispatchEvent("keydown", { key: "V", ctrlKey: true, shiftKey: true, bubbles: true });
      await page.evaluate(([text]) => {
        const [box, data] = [document.activeElement, new DataTransfer()];
        data.setData("text/plain", text);
        const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        // A made event pastes nothing by itself.
        if (box.dispatchEvent(event)) document.execCommand("insertText", false, text);
      }, [text]);
    }

    it("messages wait for the answer, survive a reload and go in order", async () => {
      const { chat, page } = ada;
      await chat.choose(SHORT);
      await chat.send("the first");
      await chat.choose("echo");
      await queue("the second");
      await queue("the third");
      await ada.picture(`composer-waiting-${look.size}`);
      await page.reload();
      await until("all three are there or have gone", async () => (await chat.questions.count()) + (await waiting.count()) === 3);
      await has(chat.questions, 3);
      await has(waiting, 0);
      await chat.ended();
      const said = await chat.questions.allInnerTexts();
      assert.deepEqual(said.map((text) => /the \w+/.exec(text)[0]), ["the first", "the second", "the third"]);
      ada.settle();
    });

    it("what waits can be changed and taken away, and comes back with Undo", async () => {
      const { chat, page, words } = ada;
      await chat.choose(LONG);
      await chat.send("go on");
      await queue("change me");
      await queue("remove me");
      await chat.box.fill("half a thought");
      await chat.press(named("QUEUE_EDIT", "change me"));
      await has(waiting, 1);
      assert.equal(await chat.box.inputValue(), "change me\n\nhalf a thought");
      await chat.press(named("QUEUE_REMOVE", "remove me"));
      await has(waiting, 0);
      await chat.press(chat.button(words.common.UNDO));
      await waiting.filter({ hasText: "remove me" }).waitFor();
      await chat.press(named("QUEUE_REMOVE", "remove me"));
      await has(waiting, 0);
      await chat.press(chat.stopButton);
      await chat.ended();
      assert.equal(await chat.questions.count(), 1);
      await page.reload();
      await until("the draft is there", async () => (await chat.box.inputValue()) === "change me\n\nhalf a thought");
      await chat.box.fill("");
      ada.settle();
    });

    it("Esc stops; what waits then waits for a word, and goes when somebody says so", async () => {
      const { chat, page, words } = ada;
      await chat.choose(LONG);
      await chat.send("count");
      await chat.begun("w2");
      await queue("and then?");
      await chat.box.focus();
      await page.keyboard.press("Escape");
      await chat.ended();
      await page.locator(".composer-reason", { hasText: words.composer.HELD }).waitFor();
      assert.equal(await chat.questions.count(), 1);
      await ada.picture(`composer-held-${look.size}`);
      await page.reload();
      await waiting.waitFor();
      await page.locator(".composer-reason", { hasText: words.composer.HELD }).waitFor();
      await chat.press(named("SEND_NOW", "and then?"));
      await has(chat.questions, 2);
      await has(waiting, 0);
      await queue("right away");
      await chat.press(named("SEND_NOW", "right away"));
      await has(chat.questions, 3);
      await chat.press(chat.stopButton);
      await chat.ended();
      ada.settle();
    });

    it("a message that waits in another chat is sent there", async () => {
      const { chat, page } = ada;
      await chat.choose(SHORT);
      await chat.send("stay here");
      await until("an address", () => chat.sessionId);
      const left = chat.sessionId;
      await chat.choose("echo");
      await queue("without me");
      await chat.fresh();
      await until("both are answered", async () => {
        const { items } = await ada.api(`/api/sessions/${left}/messages`);
        return items.length === 4 && items.at(-1).status === "completed";
      });
      await page.goto(`/c/${left}`);
      // Of a chat only what is near the end is in the page.
      await chat.questions.last().filter({ hasText: "without me" }).waitFor();
      assert.equal(await waiting.count(), 0);
      ada.settle();
    });

    it("commands are offered after a slash, found by typing, and taken with the keyboard or a press", async () => {
      const { chat, page, words } = ada;
      await chat.choose("echo");
      await chat.box.pressSequentially("/");
      await has(offers, 6);
      await ada.picture(`composer-commands-${look.size}`);
      await page.keyboard.press("ArrowDown");
      await until("the second is marked", () => offers.nth(1).evaluate((row) => row.getAttribute("aria-selected") === "true"));
      const active = await chat.box.getAttribute("aria-activedescendant");
      assert.equal(await offers.nth(1).getAttribute("id"), active);
      await page.keyboard.press("Escape");
      await offers.first().waitFor({ state: "hidden" });
      assert.equal(await chat.box.inputValue(), "/");
      await chat.box.pressSequentially("te");
      await has(offers, 1);
      await page.keyboard.press("Tab");
      const note = page.locator(".kind-mark", { hasText: words.organize.TEMPORARY_MARK });
      await note.waitFor();
      assert.equal(await chat.box.inputValue(), "");
      await ada.picture(`composer-temporary-${look.size}`);
      const sent = page.waitForRequest(/\/api\/chat\/runs$/);
      await chat.send("soon forgotten");
      assert.deepEqual((await sent).postDataJSON().newChat, { temporary: true });
      await chat.button(words.organize.KEEP).waitFor();
      await chat.ended();
      await chat.box.pressSequentially("/help");
      await chat.press(offers.first());
      const help = page.getByRole("dialog", { name: words.composer.HELP });
      await help.locator("kbd", { hasText: "/parameters" }).waitFor();
      await help.getByText(words.shortcuts.EDIT_LAST, { exact: true }).waitFor();
      await ada.picture(`composer-help-${look.size}`);
      await chat.press(chat.button(words.common.CLOSE, help));
      await help.waitFor({ state: "detached" });
      await chat.box.pressSequentially("/etc/hosts");
      await offers.first().waitFor({ state: "detached" });
      await chat.box.fill("");
      ada.settle();
    });

    it("a model is chosen for the chat after an at, and the sign leaves the text", async () => {
      const { chat, page } = ada;
      await chat.choose("ok");
      await chat.box.pressSequentially("Dear @insp");
      await offers.filter({ hasText: "inspect" }).waitFor();
      await ada.picture(`composer-models-${look.size}`);
      if (chat.isPhone) await chat.press(offers.first());
      else await page.keyboard.press("Enter");
      await page.locator("button.model-chip", { hasText: "inspect" }).waitFor();
      assert.equal(await chat.box.inputValue(), "Dear ");
      await chat.box.fill("");
      await chat.box.pressSequentially("/model");
      await page.keyboard.press("Tab");
      await offers.filter({ hasText: "echo" }).waitFor();
      assert.equal(await chat.box.inputValue(), "@");
      await chat.press(offers.filter({ hasText: "echo" }));
      await page.locator("button.model-chip", { hasText: "echo" }).waitFor();
      ada.settle();
    });

    it("a long paste becomes a file, and the file becomes text again", async () => {
      const { chat, page, words } = ada;
      const text = Array.from({ length: 300 }, (_, line) => `line ${line}: 渡轮七点出发`).join("\n");
      await paste(text);
      const name = `${words.composer.PASTED}.txt`;
      await attached(ada, name).locator(".attached-about", { hasText: /token/ }).waitFor();
      assert.equal(await chat.box.inputValue(), "");
      await ada.picture(`composer-pasted-${look.size}`);
      await page.reload();
      await chat.press(chat.button(fill(words.composer.AS_TEXT, { name })));
      await until("the text is in the box", async () => (await chat.box.inputValue()) === text);
      await has(attached(ada), 0);
      await chat.box.fill("");
      await paste("short");
      assert.equal(await chat.box.inputValue(), "short");
      await chat.box.fill("");
      const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}`).join("\n");
      await paste(lines, true);
      assert.equal((await chat.box.inputValue()).length, lines.length);
      assert.equal(await attached(ada).count(), 0);
      const height = await chat.box.evaluate((box) => box.clientHeight / innerHeight);
      assert.ok(height <= 0.41, `${height} of the window`);
      await chat.box.fill("");
      ada.settle();
    });

    it("the text has the whole page, where Enter breaks the line", async () => {
      const { chat, page, words } = ada;
      await chat.box.fill("one\ntwo");
      await chat.press(chat.button(words.composer.TALL));
      await page.locator(".dock.tall").waitFor();
      await until("it is high", () => chat.box.evaluate((box) => box.clientHeight > innerHeight * 0.6));
      await until("nothing below takes the focus", () => page.locator("main.chat > .head").evaluate((head) => head.inert));
      await ada.picture(`composer-tall-${look.size}`);
      await chat.box.focus();
      await chat.box.press("End");
      await page.keyboard.press("Enter");
      await page.keyboard.type("three");
      if (chat.isPhone) await page.goBack();
      else await page.keyboard.press("Escape");
      await page.locator(".dock.tall").waitFor({ state: "detached" });
      await until("the rest is there again", () => page.locator("main.chat > .head").evaluate((head) => !head.inert));
      assert.match(await chat.box.inputValue(), /three/);
      await chat.box.focus();
      await page.keyboard.press("ControlOrMeta+Shift+E");
      await page.locator(".dock.tall").waitFor();
      await page.keyboard.press("ControlOrMeta+Enter");
      await has(chat.questions, 1);
      await page.locator(".dock.tall").waitFor({ state: "detached" });
      await chat.ended();
      ada.settle();
    });

    it("a chat has parameters of its own, from its first message on", async () => {
      const { chat, page, words } = ada;
      await chat.choose("inspect");
      const open = async () => {
        await chat.press(chat.button(words.composer.TUNE));
        const dialog = page.getByRole("dialog", { name: words.composer.TUNE });
        await dialog.locator("#instructions").waitFor();
        return dialog;
      };
      const dialog = await open();
      await dialog.locator("#instructions").fill("Be brief.");
      const temperature = dialog.getByLabel(words.composer.TEMPERATURE, { exact: true });
      await temperature.fill("9");
      await chat.press(chat.button(words.common.SAVE, dialog));
      await dialog.getByText(fill(words.composer.RANGE, { low: "0", high: "2" })).waitFor();
      await ada.picture(`composer-tune-${look.size}`);
      await temperature.fill("0.3");
      await dialog.getByLabel(words.composer.MAX_TOKENS, { exact: true }).fill("512");
      await chat.press(chat.button(words.common.SAVE, dialog));
      await dialog.waitFor({ state: "detached" });
      await until("the button says so", async () => (await chat.button(words.composer.TUNE).getAttribute("aria-pressed")) === "true");
      await page.reload();
      const first = page.waitForRequest(/\/api\/chat\/runs$/);
      await chat.send("begin");
      assert.deepEqual((await first).postDataJSON().newChat, { instructions: "Be brief.", parameters: { temperature: 0.3, maxTokens: 512 } });
      await chat.ended();
      const again = await open();
      await again.getByLabel(words.composer.TOP_P, { exact: true }).fill("0,5");
      const changed = page.waitForRequest((request) => request.method() === "PATCH" && /\/api\/sessions\//.test(request.url()));
      await chat.press(chat.button(words.common.SAVE, again));
      assert.equal((await changed).postDataJSON().parameters.topP, 0.5);
      await again.waitFor({ state: "detached" });
      await chat.fresh();
      await until("the next one begins without", async () => (await chat.button(words.composer.TUNE).getAttribute("aria-pressed")) === "false");
      ada.settle();
    });

    it("what is planned for a new chat outlasts the browser, as what is typed does", async () => {
      const { chat, page, words } = ada;
      await chat.choose("inspect");
      await chat.box.fill("half a thought");
      await chat.press(chat.button(words.composer.TUNE));
      const dialog = page.getByRole("dialog", { name: words.composer.TUNE });
      await dialog.locator("#instructions").fill("Be brief.");
      await chat.press(chat.button(words.common.SAVE, dialog));
      await dialog.waitFor({ state: "detached" });
      await chat.press(chat.button(fill(words.chat.EFFORT, { effort: words.chat.EFFORT_MODEL })));
      await chat.press(page.getByRole("menuitemradio", { name: words.chat.EFFORT_HIGH, exact: true }));
      await page.goto("/?temporary-chat=true");
      await page.locator(".kind-mark", { hasText: words.organize.TEMPORARY_MARK }).waitFor();
      // What a browser that was closed knows when it is opened again.
      const storageState = await ada.context.storageState();
      const again = await Visitor.arrive(here.browser, here.server.url, { ...look, storageState });
      try {
        await again.page.goto("/");
        await again.page.locator(".kind-mark", { hasText: words.organize.TEMPORARY_MARK }).waitFor();
        assert.equal(await again.chat.box.inputValue(), "half a thought");
        const sent = again.page.waitForRequest(/\/api\/chat\/runs$/);
        await again.chat.press(again.chat.sendButton);
        const { newChat, effort } = (await sent).postDataJSON();
        assert.deepEqual([newChat, effort], [{ temporary: true, instructions: "Be brief." }, "high"]);
        await again.chat.ended();
        again.settle();
      } finally {
        await again.close();
      }
      await chat.box.fill("");
      await chat.press(chat.button(words.composer.TEMPORARY_LEAVE));
      await chat.press(chat.button(words.composer.TUNE));
      await dialog.locator("#instructions").fill("");
      await chat.press(chat.button(words.common.SAVE, dialog));
      await dialog.waitFor({ state: "detached" });
      ada.settle();
    });

    it("an address fills the box and sends nothing", async () => {
      const { chat, page, words } = ada;
      await page.goto(`/?q=${encodeURIComponent("What is new? 你好")}&model=inspect&temporary-chat=true`);
      await until("the box is filled", async () => (await chat.box.inputValue()) === "What is new? 你好");
      await page.locator("button.model-chip", { hasText: "inspect" }).waitFor();
      const note = page.locator(".kind-mark", { hasText: words.organize.TEMPORARY_MARK });
      await note.waitFor();
      await until("the address is forgotten", () => new URL(page.url()).search === "");
      assert.equal(await chat.questions.count(), 0);
      await chat.press(chat.button(words.composer.TEMPORARY_LEAVE));
      await note.waitFor({ state: "detached" });
      await chat.box.fill("");
      ada.settle();
    });

    it("Enter breaks the line for whoever wants that", async () => {
      const { chat, page, words } = ada;
      const choose = async (way) => {
        await page.goto("/settings/profile#enter");
        await page.locator("#enter").getByRole("radio", { name: way, exact: true }).check();
        await page.locator("#enter .saved", { hasText: words.common.SAVED }).waitFor();
        await page.goto("/");
        await page.locator(".welcome").waitFor();
      };
      await choose(words.composer.ENTER_BREAKS);
      await chat.box.fill("one");
      await page.keyboard.press("Enter");
      await page.keyboard.type("two");
      assert.equal(await chat.box.inputValue(), "one\ntwo");
      await page.keyboard.press("ControlOrMeta+Enter");
      await has(chat.questions, 1);
      await chat.ended();
      // Whoever looks the keys up reads what holds for them.
      const told = async () => {
        await page.keyboard.press("ControlOrMeta+/");
        const overview = page.getByRole("dialog", { name: words.shortcuts.TITLE });
        const keys = (name) => overview.locator("dl > div").filter({ has: page.locator("dt", { hasText: pattern(words.shortcuts[name]) }) }).locator("kbd").allInnerTexts();
        await overview.locator("dt").first().waitFor();
        const told = [await keys("SEND"), await keys("LINE")];
        await page.keyboard.press("Escape");
        await overview.waitFor({ state: "detached" });
        return told;
      };
      assert.deepEqual(await told(), [["Ctrl", "Enter"], ["Enter"]]);
      await choose(words.composer.ENTER_SENDS);
      assert.deepEqual(await told(), [["Enter"], ["Shift", "Enter"]]);
      ada.settle();
    });

    if (look.size === "desktop") {
      it("arrow up in the empty box edits what was said last, and the box has the focus after an answer", async () => {
        const { chat, page } = ada;
        await chat.choose("echo");
        await chat.send("say this");
        await chat.ended();
        // Its answer lasts long enough to look away from the box.
        await chat.choose(SHORT);
        await chat.box.fill("and that");
        await page.keyboard.press("Enter");
        await chat.stopButton.waitFor();
        await page.evaluate(() => document.activeElement?.blur());
        await chat.ended();
        await until("the box has the focus", () => chat.box.evaluate((box) => box === document.activeElement));
        await page.keyboard.press("ArrowUp");
        await until("the last question can be changed", () =>
          page.evaluate(() => document.activeElement.tagName === "TEXTAREA" && document.activeElement.value === "and that"));
        await page.keyboard.press("Escape");
        ada.settle();
      });
    }
  });
}
