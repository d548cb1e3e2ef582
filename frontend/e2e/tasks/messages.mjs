// What people do every day with messages, in as few presses as the product has for it.
import assert from "node:assert/strict";
import { until } from "../support.mjs";
import { arrived, notes } from "../files/make.mjs";
import { storedAnswer } from "../path/equal.mjs";
import { begun, inChat, inNew, modelId, opened, whileWriting } from "./stage.mjs";

/// A button of a message; those of its row show under the pointer.
async function inRow({ ada, hand }, message, name) {
  await message.hover();
  await hand.click(ada.chat.button(name, message));
}

/// An action behind the button with the rest of them.
async function behindMore({ ada, hand }, message, name) {
  await inRow({ ada, hand }, message, ada.words.messages.MORE);
  await hand.click(ada.page.getByRole("menuitem", { name, exact: true }));
}

const copied = (ada, within) => ada.chat.button(ada.words.common.COPIED, within).waitFor();

export const MESSAGES = {
  async "ask something"({ ada, hand }) {
    await inNew(ada, "ok");
    await hand.start();
    await ada.chat.box.waitFor();
    await hand.write("hello");
    await hand.key("Enter");
    await ada.chat.ended();
  },

  async "have an answer written again"({ ada, hand }) {
    await inChat(ada, ["hello"]);
    await hand.start();
    await inRow({ ada, hand }, ada.chat.last, ada.words.chat.ANSWER_AGAIN);
    await ada.chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
    await ada.chat.ended();
  },

  async "have it answered by another model"({ ada, hand }) {
    await inChat(ada, ["hello"]);
    await hand.start();
    await behindMore({ ada, hand }, ada.chat.last, ada.words.messages.AGAIN_OTHER);
    await hand.click(ada.page.getByRole("option").filter({ has: ada.page.locator(".picker-name", { hasText: /^ok$/ }) }).first());
    await ada.chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
    await ada.chat.ended();
  },

  async "go back to the version before"({ ada, hand }) {
    const id = await inChat(ada, ["hello"]);
    await ada.chat.press(ada.chat.button(ada.words.chat.ANSWER_AGAIN, ada.chat.last));
    await ada.chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
    await opened(ada, id);
    await hand.start();
    await hand.click(ada.chat.button(ada.words.chat.VERSION_BEFORE, ada.chat.last));
    await ada.chat.last.locator(".versions", { hasText: "1/2" }).waitFor();
  },

  async "ask the third question differently"({ ada, hand }) {
    await inChat(ada, ["one", "two", "three", "four"]);
    const third = ada.chat.questions.filter({ hasText: "three" });
    await hand.start();
    await inRow({ ada, hand }, third, ada.words.chat.EDIT);
    await hand.write(" and a half", ada.page.getByLabel(ada.words.messages.EDIT_TEXT, { exact: true }));
    await hand.key("Control+Enter");
    await ada.chat.questions.filter({ hasText: "three and a half" }).waitFor();
    await ada.chat.ended();
    await until("it was answered", async () => (await ada.chat.text()) === "three and a half");
  },

  async "let an answer that was cut off go on"({ ada, hand }) {
    const id = await begun(ada, "two reasons", "cut");
    await ada.api(`/api/sessions/${id}`, { method: "PATCH", body: { model: await modelId(ada, "echo") } });
    await ada.page.goto(`/c/${id}`);
    await ada.chat.errorCard.waitFor();
    await hand.start();
    await hand.click(ada.chat.button(ada.words.chat.CONTINUE, ada.chat.errorCard));
    await ada.chat.errorCard.waitFor({ state: "detached" });
    await ada.chat.ended();
  },

  async "go on from an answer in a new chat"({ ada, hand }) {
    const id = await inChat(ada, ["the start"]);
    await hand.start();
    await behindMore({ ada, hand }, ada.chat.last, ada.words.messages.FORK);
    await until("another chat", () => ada.chat.sessionId && ada.chat.sessionId !== id);
  },

  async "stop an answer"({ ada, hand }) {
    await whileWriting(ada);
    await hand.start();
    await hand.key("Escape");
    await ada.chat.last.getByText(ada.words.chat.STOPPED, { exact: true }).waitFor();
  },

  async "say the next thing while an answer is written"({ ada, hand }) {
    await whileWriting(ada);
    await hand.start();
    await hand.write("and then?");
    await hand.key("Enter");
    const waiting = ada.page.locator(".waiting-row").filter({ hasText: "and then?" });
    await waiting.waitFor();
    return async () => {
      const id = ada.chat.sessionId;
      await inNew(ada);
      await ada.api(`/api/sessions/${id}`, { method: "DELETE" });
    };
  },

  async "copy an answer"({ ada, hand }) {
    await inChat(ada, ["copy me"]);
    await hand.start();
    await hand.key("Control+Shift+C");
    await copied(ada, ada.chat.last.locator(".actions"));
  },

  async "copy a piece of code"({ ada, hand }) {
    await inChat(ada, ["code, please"], { model: "canned-en" });
    const code = ada.chat.last.locator("figure.code").first();
    await code.scrollIntoViewIfNeeded();
    await hand.start();
    await hand.click(ada.chat.button(ada.words.chat.CODE_COPY, code));
    await copied(ada, code);
  },

  async "quote an answer"({ ada, hand }) {
    await inChat(ada, ["words to quote"]);
    await hand.start();
    await behindMore({ ada, hand }, ada.chat.last, ada.words.messages.QUOTE);
    await until("it is in the box", async () => (await ada.chat.box.inputValue()).startsWith("> words to quote"));
    return () => ada.chat.box.fill("");
  },

  async "delete a message and take that back"({ ada, hand }) {
    await inChat(ada, ["keep", "remove"]);
    await hand.start();
    await behindMore({ ada, hand }, ada.chat.questions.last(), ada.words.messages.DELETE_MESSAGE);
    await until("it is gone", async () => (await ada.chat.questions.count()) === 1);
    await hand.click(ada.chat.button(ada.words.common.UNDO));
    await until("it is back", async () => (await ada.chat.questions.count()) === 2);
  },

  async "attach a file"({ ada, hand }) {
    await inNew(ada);
    await hand.start();
    const chooser = ada.page.waitForEvent("filechooser");
    await hand.click(ada.chat.button(ada.words.chat.ATTACH));
    await (await chooser).setFiles([notes("plan.md", "# Plan")]);
    await arrived(ada, "plan.md");
    return () => ada.chat.press(ada.page.locator(".attached button").last());
  },

  async "ask another model while typing"({ ada, hand }) {
    await inNew(ada, "ok");
    await hand.start();
    await hand.write("Dear ");
    await hand.spell("@ec");
    await ada.page.locator(".suggest-row").filter({ hasText: "echo" }).waitFor();
    await hand.key("Enter");
    await ada.page.locator("button.model-chip", { hasText: "echo" }).waitFor();
    return () => ada.chat.box.fill("");
  },

  async "choose another model by keys"({ ada, hand }) {
    await inNew(ada, "ok");
    await hand.start();
    await hand.key("Control+Shift+M");
    await hand.write("echo", ada.page.getByRole("dialog", { name: ada.words.chat.CHOOSE_MODEL }).getByRole("combobox"));
    await ada.page.locator(".picker-row").filter({ hasText: "echo" }).first().waitFor();
    await hand.key("Enter");
    await ada.page.locator("button.model-chip", { hasText: "echo" }).waitFor();
  },

  async "ask two models at once"({ ada, hand }) {
    const list = ada.page.getByRole("dialog", { name: ada.words.chat.CHOOSE_MODEL });
    await inNew(ada, "echo");
    await hand.start();
    await hand.click(ada.page.locator("button.model-chip"));
    await hand.click(ada.chat.button(ada.words.compare.COMPARE, list));
    await hand.click(list.getByRole("option").filter({ has: ada.page.locator(".picker-name", { hasText: /^ok$/ }) }).first());
    await hand.click(ada.chat.button(ada.words.compare.DONE, list));
    await list.waitFor({ state: "detached" });
    await hand.write("two opinions");
    await hand.key("Enter");
    await ada.page.locator(".column").nth(1).waitFor();
    await ada.chat.ended();
    return async () => {
      await ada.chat.press(ada.page.locator("button.model-chip"));
      await ada.chat.press(ada.chat.button(ada.words.compare.ONE, list));
      await ada.page.keyboard.press("Escape");
    };
  },

  async "go on with one of two answers"({ ada, hand }) {
    await inChat(ada, ["two opinions"], { also: ["ok"] });
    await ada.chat.press(ada.chat.button(ada.words.compare.SIDE_BY_SIDE, ada.chat.last));
    const second = ada.page.locator(".column").nth(1);
    await hand.start();
    await hand.click(second.locator(":is(.column-head, .column-foot) button:visible").first());
    await ada.page.locator(".column").first().waitFor({ state: "detached" });
  },

  async "see why an answer took so long"({ ada, hand }) {
    await inChat(ada, ["how long"]);
    const { id } = await storedAnswer(ada);
    assert.ok(id);
    await hand.start();
    await behindMore({ ada, hand }, ada.chat.last, ada.words.traces.WHY);
    await ada.page.locator(".trace-stage").first().waitFor();
  },
};

