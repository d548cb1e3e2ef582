// Enter, with an input method and without one.
import assert from "node:assert/strict";

/// Lets the page paint what it has to say about the last event.
const painted = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/// The events of Enter taking over a candidate, in the order of Chromium and Firefox, or in that of Safari.
function takeCandidate(box, order) {
  return box.evaluate((area, order) => {
    const composition = (type) => area.dispatchEvent(new CompositionEvent(type, { bubbles: true, data: "你好" }));
    const key = (type, isComposing, keyCode) =>
      area.dispatchEvent(new KeyboardEvent(type, { key: "Enter", isComposing, keyCode, bubbles: true, cancelable: true }));
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
  }, order);
}

/// An Enter that belongs to the input method never sends, whatever the order of events.
export async function respectsInputMethods({ ada }) {
  const { chat, page } = ada;
  await chat.fresh();
  await chat.choose("echo");
  for (const order of ["chromium", "safari"]) {
    await chat.box.fill("");
    await chat.box.focus();
    await takeCandidate(chat.box, order);
    await painted(page);
    assert.equal(await chat.questions.count(), 0, `the order of ${order} sent`);
    assert.equal(await chat.box.inputValue(), "你好");
  }
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
