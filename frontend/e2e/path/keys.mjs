// Enter, with an input method and without one.
import assert from "node:assert/strict";
import { storedAnswer } from "./equal.mjs";

/// Lets the page paint what it has to say about the last event.
const painted = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/// The events of Enter taking over a candidate, in the order of Chromium and Firefox, or in that of Safari. On glass a bare
/// Enter never sends, so there it is pressed with Ctrl, which does.
function takeCandidate(box, order, ctrlKey) {
  return box.evaluate((area, [order, ctrlKey]) => {
    const composition = (type) => area.dispatchEvent(new CompositionEvent(type, { bubbles: true, data: "你好" }));
    const key = (type, isComposing, keyCode) =>
      area.dispatchEvent(new KeyboardEvent(type, { key: "Enter", ctrlKey, isComposing, keyCode, bubbles: true, cancelable: true }));
    composition("compositionstart");
    area.value = "你好";
    area.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
    if (order === "safari") {
      composition("compositionend");
      key("keydown", false, 13);
    } else {
      key("keydown", true, 229);
      composition("compositionend");
    }
    key("keyup", false, 13);
  }, [order, ctrlKey]);
}

/// An Enter that belongs to the input method never sends, whatever the order of events.
export async function respectsInputMethods({ ada }) {
  const { chat, page } = ada;
  await chat.fresh();
  await chat.choose("echo");
  for (const order of ["chromium", "safari"]) {
    await chat.box.fill("");
    await chat.box.focus();
    await takeCandidate(chat.box, order, chat.isPhone);
    await painted(page);
    assert.equal(await chat.questions.count(), 0, `the order of ${order} sent`);
    assert.equal(await chat.box.inputValue(), "你好");
  }
}

/// The Enter that ends a composition chooses no model, in Safari's order either, where only the old key code tells.
export async function searchesWithInputMethods({ ada }) {
  const { chat, page, words } = ada;
  await chat.fresh();
  await chat.press(page.locator("button.model-chip"));
  const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
  const search = list.getByRole("combobox");
  await search.fill("ok");
  await search.dispatchEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true });
  await painted(page);
  assert.equal(await list.count(), 1, "a model was chosen");
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
}

/// Whoever has chosen a model writes on; whoever has given up stands where they were. On glass a keyboard would cover the chat.
export async function writesOnAfterChoosing({ ada }) {
  const { chat, page, words } = ada;
  await chat.fresh();
  const chip = page.locator("button.model-chip");
  const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
  await chat.choose("ok");
  await (chat.isPhone ? chip : chat.box).and(page.locator(":focus")).waitFor();
  await chat.press(chip);
  // The key is heard where the focus is, which comes a moment after the list.
  await page.locator(".picker:focus-within").waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await chip.and(page.locator(":focus")).waitFor();
  await chat.settled();
}

/// A double click on Send sends, and does not stop what it sent.
export async function sendsWithADoubleClick({ ada }) {
  const { chat, page } = ada;
  await chat.fresh();
  await chat.choose("slow-2000");
  await chat.box.fill("twice");
  await page.locator("button.send").dblclick();
  await chat.stopButton.waitFor();
  await chat.ended();
  const answer = await storedAnswer(ada);
  assert.equal(answer.status, "completed");
}

/// Enter sends on a keyboard and makes a line on glass; Shift and Enter make a line everywhere.
export async function sendsWithEnter({ ada }) {
  const { chat, page } = ada;
  await chat.box.fill("one");
  await chat.box.press("Shift+Enter");
  await page.keyboard.type("two");
  assert.equal(await chat.box.inputValue(), "one\ntwo");
  await page.keyboard.press("Enter");
  if (chat.isPhone) {
    assert.equal(await chat.box.inputValue(), "one\ntwo\n");
    assert.equal(await chat.questions.count(), 0);
    await chat.press(chat.sendButton);
  }
  await chat.ended();
  assert.equal(await chat.text(), "one two");
  assert.equal(await chat.box.inputValue(), "");
}
