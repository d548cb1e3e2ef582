// What can be done with a message: change it in its place or as a branch, quote, take along, go on elsewhere, delete.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { fill as fillChat } from "./support/fill.mjs";
import { stored, storedAnswer, textOf } from "./path/equal.mjs";
import { letIn } from "./path/let-in.mjs";

const here = serving(["echo", "ok", "inspect"], async ({ admin }) => {
  const catalogue = await admin.ok("GET", "/api/catalog?q=echo");
  const echo = catalogue.items.find(({ name }) => name === "echo");
  await admin.ok("PATCH", `/api/catalog/${echo.id}`, { overrides: { facts: { price: { currency: "USD", input: 1, output: 2 } } } });
});

const TABLE = "| name | size |\n| --- | ---: |\n| one | 1 |\n\nAnd $x^2$.";

for (const look of [
  { size: "desktop", theme: "dark", language: "zh-CN" },
  { size: "phone", theme: "light", language: "en-US" },
]) {
  describe(`a message, ${look.size}, ${look.language}`, () => {
    let ada;

    letIn(here, look, (visitor) => (ada = visitor));

    beforeEach(async () => {
      await ada.page.goto("/");
      await ada.page.locator(".welcome").waitFor();
      await ada.chat.choose("echo");
    });

    /// An action of a message, as this device offers it.
    async function act(message, name) {
      const { chat, page, words } = ada;
      if (chat.isPhone) {
        const target = message.locator(".bubble, .markdown").first();
        const box = await target.boundingBox();
        const at = { pointerType: "touch", clientX: box.x + 8, clientY: box.y + 8, bubbles: true };
        await target.dispatchEvent("pointerdown", at);
        await page.getByRole("menu", { name: words.chat.MESSAGE_ACTIONS }).waitFor();
        await target.dispatchEvent("pointerup", at);
      } else {
        await message.hover();
        const own = chat.button(name, message);
        if (await own.count()) return own.click();
        await chat.button(words.messages.MORE, message).click();
      }
      await chat.press(page.getByRole("menuitem", { name, exact: true }));
    }

    /// The arrows between versions come in sight, lie over nothing, and on a phone a finger meets them.
    async function inReach(versions) {
      await versions.waitFor();
      const least = ada.chat.isPhone ? 44 : 28;
      const arrows = () => versions.locator("button").evaluateAll((all) => all.map((arrow) => {
        const { x, y, width, height } = arrow.getBoundingClientRect();
        const onTop = document.elementFromPoint(x + width / 2, y + height / 2);
        const opacity = getComputedStyle(arrow.closest(".actions")).opacity;
        const covers = [...document.querySelectorAll(".turn .markdown, .turn .bubble")].some((text) => {
          const box = text.getBoundingClientRect();
          return box.left < x + width && box.right > x && box.top < y + height && box.bottom > y;
        });
        return { width, height, opacity, covers, hit: arrow.contains(onTop) };
      }));
      // A pointer over the message makes them appear by a transition, and its first frame is still clear.
      let seen;
      await until("two arrows can be met", async () => {
        seen = await arrows();
        return seen.length === 2 && seen.every(({ opacity, hit }) => opacity === "1" && hit);
      }, { timeout: 10_000 }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(seen)}`));
      for (const { width, height, covers } of seen) {
        assert.ok(width >= least && height >= least, `an arrow is ${width} by ${height}`);
        if (ada.chat.isPhone) assert.ok(!covers, "an arrow lies over text");
      }
    }

    const editor = () => ada.page.getByLabel(ada.words.messages.EDIT_TEXT, { exact: true });

    it("a question is changed in its place, and nothing is answered anew", async () => {
      const { chat, words } = ada;
      await chat.send("helo");
      await chat.ended();
      await act(chat.questions.first(), words.chat.EDIT);
      assert.equal(await editor().inputValue(), "helo");
      await editor().fill("hello");
      await editor().press("ControlOrMeta+s");
      await editor().waitFor({ state: "detached" });
      await chat.questions.filter({ hasText: "hello" }).waitFor();
      const [question, answer] = await stored(ada);
      assert.deepEqual([textOf(question), textOf(answer)], ["hello", "helo"]);
      assert.ok(question.editedAt && !question.siblings);
      await ada.picture(`messages-edited-${look.size}-${look.language}`);
      ada.settle();
    });

    it("an editor opens as high as its text", async () => {
      const { chat, page, words } = ada;
      await chat.send("a text of several lines, ".repeat(20));
      await chat.ended();
      await act(chat.last, words.chat.EDIT);
      await until("all of it is seen", () => editor().evaluate((area) => area.clientHeight > 60 && area.scrollHeight <= area.clientHeight));
      await page.keyboard.press("Escape");
      ada.settle();
    });

    it("what was typed into an editor survives a reload and giving up", async () => {
      const { chat, page, words } = ada;
      await chat.send("first");
      await chat.ended();
      await act(chat.last, words.chat.EDIT);
      await editor().fill("a better answer");
      await page.reload();
      await editor().waitFor();
      assert.equal(await editor().inputValue(), "a better answer");
      await ada.picture(`messages-editor-${look.size}-${look.language}`);
      await editor().press("Escape");
      await editor().waitFor({ state: "detached" });
      await chat.press(chat.button(words.common.UNDO));
      await editor().waitFor();
      assert.equal(await editor().inputValue(), "a better answer");
      await chat.press(chat.button(words.common.SAVE));
      await until("the answer is changed", async () => (await chat.text()) === "a better answer");
      assert.equal(textOf(await storedAnswer(ada)), "a better answer");
      ada.settle();
    });

    it("an edited question that is sent becomes a branch, and versions are chosen by keys", async () => {
      const { chat, page, words } = ada;
      await chat.send("one way");
      await chat.ended();
      await act(chat.questions.first(), words.chat.EDIT);
      await editor().fill("another way");
      await chat.press(chat.button(words.messages.SEND_NEW));
      await chat.questions.filter({ hasText: "another way" }).waitFor();
      await chat.ended();
      const question = chat.questions.first();
      const versions = question.locator(".versions");
      await versions.filter({ hasText: "2/2" }).waitFor();
      if (chat.isPhone) {
        await inReach(versions);
        await ada.picture(`messages-versions-${look.size}-${look.language}`);
        await chat.press(chat.button(words.chat.VERSION_BEFORE, versions));
        await chat.questions.filter({ hasText: "one way" }).waitFor();
        await versions.filter({ hasText: "1/2" }).waitFor();
        assert.equal(await chat.text(), "one way", "its own answer comes along");
        return ada.settle();
      }
      await question.focus();
      await page.keyboard.press("ArrowLeft");
      await chat.questions.filter({ hasText: "one way" }).waitFor();
      assert.equal(await chat.text(), "one way", "its own answer comes along");
      await until("the focus went along", () => page.evaluate(() => document.activeElement?.matches("article.question")));
      await page.keyboard.press("ArrowRight");
      await chat.questions.filter({ hasText: "another way" }).waitFor();
      ada.settle();
    });

    it("another model answers again, and the chat goes on with it", async () => {
      const { chat, page, words } = ada;
      await chat.send("say this");
      await chat.ended();
      await act(chat.last, words.messages.AGAIN_OTHER);
      await chat.pick("inspect");
      await chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
      await chat.ended();
      await chat.last.locator(".model-name", { hasText: "inspect" }).waitFor();
      await page.locator("button.model-chip", { hasText: "inspect" }).waitFor();
      assert.equal((await storedAnswer(ada)).model, "inspect");
      await chat.press(chat.button(words.chat.VERSION_BEFORE, chat.last));
      await until("the first answer", async () => (await chat.text()) === "say this");
      ada.settle();
    });

    it("the text box has the focus when a chat is opened or begun, but not on glass", async () => {
      const { chat, page } = ada;
      await chat.send("open me");
      await chat.ended();
      const writes = () => chat.box.evaluate((box) => box === document.activeElement);
      const decided = async (what) => {
        if (!chat.isPhone) return until(`the focus, ${what}`, writes);
        // Whatever wants the focus asks for it by the next frames.
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        assert.equal(await writes(), false, `a keyboard would cover the chat, ${what}`);
      };
      await page.reload();
      await chat.ended();
      await decided("after opening a chat");
      await page.evaluate(() => document.activeElement?.blur());
      await chat.fresh();
      await decided("after New chat");
      ada.settle();
    });

    it("days stand between the messages, and each has its hour", async () => {
      const { chat, page, words } = ada;
      const { id, message } = await fillChat(here.server, here.admin, `of another year, ${look.size}`, 4);
      // Only what is near the screen is in the page, so the first message is asked for.
      await page.goto(`/c/${id}?m=${message(0)}`);
      const days = page.locator(".turn > .day");
      await days.filter({ hasText: "2023" }).waitFor();
      assert.equal(await days.count(), 1, "messages of one day");
      await chat.choose("echo");
      await chat.send("and today");
      await chat.ended();
      const asked = page.locator(".turn.question").filter({ hasText: "and today" });
      await asked.locator(".day", { hasText: words.chat.TODAY }).waitFor();
      assert.equal(await chat.last.locator(".day").count(), 0, "once for a day");
      const hour = chat.last.locator("time.written");
      assert.match(await hour.innerText(), /\d{1,2}:\d{2}/);
      const age = Date.now() - Date.parse(await hour.getAttribute("datetime"));
      assert.ok(age >= 0 && age < 300_000, `written ${age} ms ago`);
      ada.settle();
    });

    it("an answer above others still says that it has versions, and changes between them", async () => {
      const { chat, words } = ada;
      await chat.send("twice");
      await chat.ended();
      if (chat.isPhone) await act(chat.last, words.chat.ANSWER_AGAIN);
      else await chat.press(chat.button(words.chat.ANSWER_AGAIN, chat.last));
      await chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
      await chat.ended();
      await chat.send("and on");
      await chat.ended();
      const versions = chat.answers.first().locator(".versions");
      await chat.answers.first().hover();
      await inReach(versions);
      await chat.press(chat.button(words.chat.VERSION_BEFORE, versions));
      await versions.filter({ hasText: "1/2" }).waitFor();
      await until("what followed the other one is not here", async () => (await chat.questions.count()) === 1);
      ada.settle();
    });

    it("a message is deleted with what follows, and comes back", async () => {
      const { chat, words } = ada;
      await chat.send("keep");
      await chat.ended();
      await chat.send("remove");
      await chat.ended();
      await act(chat.questions.nth(1), words.messages.DELETE_MESSAGE);
      await until("it is gone", async () => (await chat.questions.count()) === 1);
      assert.equal((await stored(ada)).length, 2);
      await chat.press(chat.button(words.common.UNDO));
      await until("it is back", async () => (await chat.questions.count()) === 2);
      assert.equal((await stored(ada)).length, 4);
      ada.settle();
    });

    it("a chat goes on elsewhere from an answer", async () => {
      const { chat, words } = ada;
      await chat.send("the start");
      await chat.ended();
      const first = chat.sessionId;
      await act(chat.last, words.messages.FORK);
      await until("another chat", () => chat.sessionId && chat.sessionId !== first);
      await until("its messages", async () => (await chat.text()) === "the start");
      ada.settle();
    });

    it("a quotation goes below what is typed", async () => {
      const { chat, page, words } = ada;
      await chat.send("words to quote");
      await chat.ended();
      await chat.box.fill("typed");
      await act(chat.last, words.messages.QUOTE);
      assert.equal(await chat.box.inputValue(), "typed\n\n> words to quote\n\n");
      if (!chat.isPhone) {
        await chat.box.fill("");
        await chat.last.locator(".markdown").first().dblclick({ position: { x: 12, y: 10 } });
        const button = page.locator(".quote-button");
        await button.waitFor();
        await ada.picture(`messages-quote-${look.size}-${look.language}`);
        await button.click();
        assert.match(await chat.box.inputValue(), /^> words\s*\n\n$/);
        await button.waitFor({ state: "detached" });
      }
      ada.settle();
    });

    it("tables and formulas are copied so that a word processor keeps them", async () => {
      const { chat, page, words } = ada;
      await chat.send(TABLE);
      await chat.ended();
      // A formula as it stands once it is set.
      await chat.last.locator("[data-tex]").first().evaluate((place) => {
        if (place.querySelector("math")) return;
        const math = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
        math.innerHTML = "<semantics><msup><mi>x</mi><mn>2</mn></msup><annotation>x^2</annotation></semantics>";
        place.replaceChildren(math);
      });
      await act(chat.last, words.messages.COPY_RICH);
      await page.getByText(words.messages.RICH_COPIED, { exact: true }).waitFor();
      await page.evaluate(() => {
        const target = document.body.appendChild(Object.assign(document.createElement("div"), { id: "target", contentEditable: "true" }));
        target.addEventListener("paste", (event) => {
          window.pastedRich = ["text/html", "text/plain"].map((type) => event.clipboardData.getData(type));
        });
        target.focus();
      });
      await page.keyboard.press("ControlOrMeta+V");
      const [html, text] = await until("it is pasted", () => page.evaluate(() => window.pastedRich));
      assert.match(html, /<table[^>]*border/);
      assert.match(html, /<td[^>]*style="[^"]*border[^"]*text-align: right/);
      assert.match(html, /<math[\s\S]*<msup>/);
      assert.doesNotMatch(html, /annotation|table-scroll|colgroup/);
      assert.equal(text.trim(), TABLE);
      ada.settle();
    });

    it("a link leads to the message, and its facts name the cost", async () => {
      const { chat, page, words } = ada;
      await chat.send("how much");
      await chat.ended();
      const { id } = await storedAnswer(ada);
      await act(chat.last, words.messages.COPY_LINK);
      await page.getByText(words.messages.LINK_COPIED, { exact: true }).waitFor();
      assert.equal(await chat.pasted(), `${new URL(page.url()).origin}/c/${chat.sessionId}?m=${id}`);
      await act(chat.last, words.chat.INFORMATION);
      const facts = page.getByRole("dialog", { name: words.chat.INFORMATION });
      await facts.getByText(words.messages.COST, { exact: true }).waitFor();
      assert.match(await facts.innerText(), /\$0\.0/);
      await ada.picture(`messages-facts-${look.size}-${look.language}`);
      await page.keyboard.press("Escape");
      ada.settle();
    });

    it("what changes on another device changes here", async () => {
      const { chat } = ada;
      await chat.send("seen by two");
      await chat.ended();
      const [question] = await stored(ada);
      await ada.api(`/api/messages/${question.id}`, { method: "PATCH", body: { content: "changed elsewhere" } });
      await chat.questions.filter({ hasText: "changed elsewhere" }).waitFor();
      ada.settle();
    });
  });
}
