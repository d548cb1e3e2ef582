// Reading while an answer grows: the view goes along only at the end, and never moves what somebody reads.
import assert from "node:assert/strict";
import { until } from "../support.mjs";

const scrolled = (page) =>
  page.locator(".thread").evaluate((box) => ({
    below: box.scrollHeight - box.clientHeight - box.scrollTop,
    content: box.scrollHeight,
    window: box.clientHeight,
  }));

/// Waits until the chat has become so much longer than it was.
const grows = (page, from, by) => until("a longer answer", async () => (await scrolled(page)).content > from + by);

/// Where a block of the answer stands on the screen, the one that is seen first.
const firstSeen = (page) =>
  page.evaluate(() => {
    const edge = document.querySelector(".thread").getBoundingClientRect().top;
    const blocks = [...document.querySelectorAll(".answer .block, .answer figure, .bubble")];
    const index = blocks.findIndex((block) => block.getBoundingClientRect().bottom > edge + 24);
    window.watched = blocks[index];
    return window.watched.getBoundingClientRect().top;
  });

/// Scrolls up as a hand does.
async function scrollUp(visitor, by) {
  const { page } = visitor;
  const box = await page.locator(".thread").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const before = (await scrolled(page)).below;
  await page.mouse.wheel(0, -by);
  await until("scrolled up", async () => (await scrolled(page)).below > before + by / 2);
}

export async function followsOnlyAtTheEnd({ ada }) {
  const { chat, page, words } = ada;
  await chat.fresh();
  await chat.choose("canned-en-50");
  await chat.send("a long one");
  await page.evaluate(() => {
    window.shifted = [];
    // Nothing among the messages may move, the columns of a table neither.
    const element = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node);
    const free = ({ node }) => node && element(node).closest(".thread");
    const note = (list) => {
      for (const { value, sources } of list.getEntries()) {
        for (const { node } of sources.filter(free)) window.shifted.push(`${value.toFixed(4)} ${element(node).outerHTML.slice(0, 120)}`);
      }
    };
    new PerformanceObserver(note).observe({ type: "layout-shift" });
  });
  await until("more than a screen", async () => (({ content, window }) => content > window + 250)(await scrolled(page)));
  assert.ok((await scrolled(page)).below < 60, "the view did not follow the end");
  await scrollUp(ada, 200);
  const [top, { content }] = [await firstSeen(page), await scrolled(page)];
  await grows(page, content, 200);
  const now = await page.evaluate(() => window.watched.getBoundingClientRect().top);
  assert.ok(Math.abs(now - top) < 1, `the text moved by ${now - top} px under the reader`);
  await chat.press(chat.button(words.reading.NEWS_BELOW));
  await until("the end", async () => (await scrolled(page)).below < 60);
  await grows(page, (await scrolled(page)).content, 60);
  assert.ok((await scrolled(page)).below < 60, "the view does not follow again");
  assert.deepEqual(await page.evaluate(() => window.shifted), [], "the layout shifted");
  await chat.press(chat.stopButton);
  await chat.ended();
}
