// Choices while writing: emoji after a colon, what sending does before an answer has ended, models pinned at the top.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { violations } from "./path/judge.mjs";
import { letIn } from "./path/let-in.mjs";
import { fill } from "./path/words.mjs";

/// An answer that is always stopped before it ends.
const LONG = "tokens-6000-50";

const here = serving(["ok", "echo", "inspect", "tokens-400-40", LONG]);

for (const look of [
  { size: "desktop", theme: "dark", language: "zh-CN" },
  { size: "phone", theme: "light", language: "en-US" },
]) {
  describe(`choices while writing, ${look.size}, ${look.language}`, () => {
    let ada;

    letIn(here, look, (visitor) => (ada = visitor));

    beforeEach(async () => {
      await ada.page.goto("/");
      await ada.page.locator(".welcome").waitFor();
      await ada.chat.box.fill("");
    });

    it("an emoji is found by its name in either language, and takes its place", async () => {
      const { chat, page } = ada;
      const offers = page.locator(".suggest-row");
      const asked = [];
      page.on("request", (request) => /emoji/.test(request.url()) && asked.push(request.url()));
      await chat.box.pressSequentially("well :D and :smil");
      await offers.filter({ hasText: "😄" }).waitFor();
      assert.equal(asked.length, 1, "the table comes with the first colon that begins a name");
      await ada.picture(`choices-emoji-${look.size}`);
      if (chat.isPhone) await chat.press(offers.filter({ hasText: "😄" }));
      else {
        const place = (await offers.allInnerTexts()).findIndex((text) => text.includes("😄"));
        for (let step = 0; step < place; step += 1) await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
      }
      await until("the sign", async () => (await chat.box.inputValue()) === "well :D and 😄");
      // In the middle of a text the caret goes on behind the sign.
      await chat.box.fill("a  b");
      await chat.box.evaluate((box) => box.setSelectionRange(2, 2));
      await chat.box.pressSequentially(":笑哭");
      await offers.filter({ hasText: "😂" }).waitFor();
      await page.keyboard.press("Tab");
      await until("the sign", async () => (await chat.box.inputValue()) === "a 😂 b");
      await until("the caret", () => chat.box.evaluate((box) => box.selectionStart === 4));
      assert.equal(asked.length, 1);
      for (const text of ["at 12:30", "http://example.org", ":)", "a:smile"]) {
        await chat.box.fill("");
        await chat.box.pressSequentially(text);
        assert.equal(await offers.count(), 0, text);
      }
      await chat.box.fill("");
      ada.settle();
    });

    it("sending stops the answer for whoever wants that", async () => {
      const { chat, page, words } = ada;
      const choose = async (way) => {
        await page.goto("/settings/profile#during");
        await page.locator("#during").getByRole("radio", { name: way, exact: true }).check();
        await page.locator("#during .saved", { hasText: words.common.SAVED }).waitFor();
        await page.goto("/");
        await page.locator(".welcome").waitFor();
      };
      await choose(words.composer.DURING_STOP);
      await chat.choose(LONG);
      await chat.send("go on and on");
      await chat.begun("w2");
      await chat.choose("echo");
      await chat.box.fill("something else");
      await chat.press(chat.button(words.composer.QUEUE_STOPS));
      await until("both are said", async () => (await chat.questions.count()) === 2);
      await chat.ended();
      assert.equal(await chat.text(), "something else");
      await chat.answers.first().getByText(words.chat.STOPPED, { exact: true }).waitFor();
      assert.equal(await page.locator(".waiting-row").count(), 0);
      await choose(words.composer.DURING_QUEUE);
      ada.settle();
    });

    it("a model is pinned at the top of the list, and taken away from there", async () => {
      const { chat, page, words } = ada;
      const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
      const groups = () => list.locator(".picker-group").allInnerTexts();
      const first = () => list.locator(".picker-name").first().innerText();
      await chat.choose("inspect");
      await chat.press(page.locator("button.model-chip"));
      const name = (text) => fill(words.chat[text], { model: "inspect" });
      if (chat.isPhone) await list.locator(".picker-line", { hasText: "inspect" }).first().locator(".picker-pin").tap();
      else {
        await chat.button(name("PIN_MODEL"), list).focus();
        await page.keyboard.press("Enter");
      }
      await until("a group of its own", async () => (await groups())[0] === words.organize.PINNED);
      assert.equal(await first(), "inspect");
      await chat.button(name("UNPIN_MODEL"), list).waitFor();
      assert.deepEqual(await violations(page), []);
      await ada.picture(`choices-pinned-${look.size}`);
      await page.keyboard.press("Escape");
      await chat.settled();
      await page.reload();
      await chat.press(page.locator("button.model-chip"));
      await until("it is kept", async () => (await groups())[0] === words.organize.PINNED);
      await chat.press(chat.button(name("UNPIN_MODEL"), list));
      await until("no more", async () => !(await groups()).includes(words.organize.PINNED));
      await page.keyboard.press("Escape");
      await chat.settled();
      ada.settle();
    });
  });
}
