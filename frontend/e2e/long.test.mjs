// Chats of thousands of messages: what is drawn of them, where they open, and that nothing moves under whoever reads.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fill, lookName, picture, serving, until } from "./support.mjs";
import { letIn } from "./path/let-in.mjs";

const LENGTH = 10_000;
const LAST = LENGTH - 1;
/// How often the wheel is turned: over several pages of messages.
const TURNS = 40;

let long;
let short;

const here = serving(["echo", "canned-en-50"], async ({ admin, server }) => {
  long = await fill(server, admin, "The long one", LENGTH);
  short = await fill(server, admin, "The short one", 12);
});

const box = (page) => page.locator(".thread");
const scrolled = (page) =>
  box(page).evaluate((box) => ({ top: box.scrollTop, below: box.scrollHeight - box.clientHeight - box.scrollTop, content: box.scrollHeight, window: box.clientHeight }));
/// The row that says its number.
const row = (page, number) => page.locator(".thread article").filter({ hasText: `message ${number}. ` });
const drawn = (page) => page.locator(".thread article").count();

/// Where a message stands below the upper edge of the box; none where it is not drawn.
const depth = (page, number) =>
  page.evaluate((words) => {
    const edge = document.querySelector(".thread").getBoundingClientRect().top;
    const row = [...document.querySelectorAll(".thread article")].find((row) => row.textContent.includes(words));
    return row && row.getBoundingClientRect().top - edge;
  }, `message ${number}. `);

/// The number of the message at the upper edge, and where it stands.
const atEdge = (page) =>
  page.evaluate(() => {
    const edge = document.querySelector(".thread").getBoundingClientRect().top;
    const rows = [...document.querySelectorAll(".thread article")];
    const row = rows.find((row) => row.getBoundingClientRect().bottom > edge + 24);
    return row && { number: Number(/message (\d+)\./.exec(row.textContent)?.[1]), depth: row.getBoundingClientRect().top - edge };
  });

/// What is at the upper edge of the box, as a text that changes with every movement of the view.
const seen = (page) =>
  page.evaluate(() => {
    const edge = document.querySelector(".thread").getBoundingClientRect().top + 24;
    const blocks = [...document.querySelectorAll(".thread :is(.block, figure, .bubble)")];
    const index = blocks.findIndex((block) => block.getBoundingClientRect().bottom > edge);
    return `${blocks[index]?.closest("article").textContent.slice(0, 20)} ${blocks[index]?.getBoundingClientRect().top}`;
  });

/// Turns the wheel, and waits until the view has moved. Where it stands is no sign: rows above may have come by as much.
async function turn(page, by) {
  const before = await seen(page);
  await page.mouse.wheel(0, by);
  await until("the view moves", async () => (await seen(page)) !== before);
}

async function over(page) {
  const { x, y, width, height } = await box(page).boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
}

/// Waits until what is drawn has come to rest: two frames without a change.
const rest = (page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const look = () => document.querySelector(".thread").scrollHeight + " " + document.querySelectorAll(".thread article").length;
    for (let [before, same] = [look(), 0]; same < 2; ) {
      await frame();
      same = look() === before ? same + 1 : 0;
      before = look();
    }
  });

/// Opens the long chat in a tab that does not remember where it was read.
async function openEnd(visitor) {
  await visitor.page.close();
  const page = await visitor.tab();
  await page.goto(`/c/${long.id}`);
  await row(page, LAST).waitFor();
  return page;
}

for (const look of [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
]) {
  describe(`a long chat, ${lookName(look)}`, () => {
    let ada;

    letIn(here, look, (visitor) => (ada = visitor));

    it("opens at its end, with only what is near in the document", async () => {
      const page = await openEnd(ada);
      await rest(page);
      assert.ok((await scrolled(page)).below < 4, "it does not open at its end");
      const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
      assert.ok((await drawn(page)) < 60, `${await drawn(page)} rows are drawn`);
      assert.ok(nodes < 3_000, `${nodes} elements`);
      await ada.picture(`long-end-${lookName(look)}`);
      ada.settle();
    });

    it("is read upwards without anything moving under the reader", async () => {
      const page = await openEnd(ada);
      await over(page);
      let { number } = await atEdge(page);
      const start = number;
      for (let step = 0; step < TURNS; step += 1) {
        await turn(page, -900);
        const before = await atEdge(page);
        await rest(page);
        const now = await depth(page, before.number);
        assert.ok(Math.abs(now - before.depth) < 2, `message ${before.number} moved by ${now - before.depth} px`);
        assert.ok(before.number <= number, `from message ${number} up to ${before.number}`);
        ({ number } = before);
        assert.ok((await drawn(page)) < 90, `${await drawn(page)} rows are drawn`);
      }
      assert.ok(number < start - TURNS / 2, `${TURNS} turns of the wheel lead from ${start} to ${number}`);
      ada.settle();
    });

    it("the keys lead to the beginning of the chat and to its end", async () => {
      const page = await openEnd(ada);
      await box(page).focus();
      await page.keyboard.press("Home");
      await row(page, 0).waitFor();
      await until("the beginning", async () => (await scrolled(page)).top === 0);
      await page.keyboard.press("PageDown");
      await until("a page further", async () => (await scrolled(page)).top > 300);
      await page.keyboard.press("End");
      await row(page, LAST).waitFor();
      await until("the end", async () => (await scrolled(page)).below < 4);
      ada.settle();
    });

    it("opens at a message, marks it, and comes back there after a reload", async () => {
      const { page } = ada;
      await page.goto(`/c/${long.id}?m=${long.message(4_001)}`);
      const sought = page.locator("article.sought");
      await sought.filter({ hasText: "message 4001. " }).waitFor();
      await ada.picture(`long-sought-${lookName(look)}`);
      await until("an address without the message", () => page.url().endsWith(`/c/${long.id}`));
      await rest(page);
      const there = await depth(page, 4_001);
      assert.ok(there > 0 && there < 300, `it stands ${there} px below the edge`);
      await over(page);
      await turn(page, 90);
      await rest(page);
      const before = await atEdge(page);
      await page.reload();
      await row(page, before.number).waitFor();
      await rest(page);
      assert.ok(Math.abs((await depth(page, before.number)) - before.depth) < 3, "the place is another one after a reload");
      ada.settle();
    });

    it("the place is kept while other chats are read, and by Back", async () => {
      const { page } = ada;
      await page.goto(`/c/${long.id}?m=${long.message(5_001)}`);
      await row(page, 5_001).waitFor();
      await rest(page);
      const before = await atEdge(page);
      await page.evaluate((path) => document.querySelector(`.chat-link[href="${path}"]`).click(), `/c/${short.id}`);
      await row(page, 11).waitFor();
      await until("its end", async () => (await scrolled(page)).below < 4);
      await page.goBack();
      await row(page, before.number).waitFor();
      await rest(page);
      assert.ok(Math.abs((await depth(page, before.number)) - before.depth) < 3, "Back leads elsewhere");
      ada.settle();
    });

    it("whoever sends from further up sees the message at the end", async () => {
      const { chat, page, words } = ada;
      const other = await fill(here.server, here.admin, `Sent ${lookName(look)}`, 500);
      await page.goto(`/c/${other.id}?m=${other.message(101)}`);
      await row(page, 101).waitFor();
      await chat.button(words.chat.TO_END).waitFor();
      await chat.box.fill("said from above");
      await chat.press(chat.sendButton);
      await page.locator("article.question", { hasText: "said from above" }).waitFor();
      await chat.ended();
      await until("the end", async () => (await scrolled(page)).below < 4);
      await row(page, 499).waitFor();
      ada.settle();
    });

    it("the button leads to the end from anywhere", async () => {
      const { chat, page, words } = ada;
      await page.goto(`/c/${long.id}?m=${long.message(100)}`);
      await row(page, 100).waitFor();
      await chat.press(chat.button(words.chat.TO_END));
      await row(page, LAST).waitFor();
      await until("the end", async () => (await scrolled(page)).below < 4);
      ada.settle();
    });
  });
}

describe("reading in a long chat", () => {
  let ada;

  letIn(here, { size: "desktop", theme: "light", language: "en-US" }, (visitor) => (ada = visitor));

  it("what is selected stays selected, however far the view goes", async () => {
    const page = await openEnd(ada);
    const said = await page.evaluate(() => {
      const rows = [...document.querySelectorAll(".thread article")].slice(-3);
      getSelection().setBaseAndExtent(rows[0].querySelector("p").firstChild, 0, rows[2].querySelector("p").firstChild, 7);
      return getSelection().toString();
    });
    assert.ok(said.length > 20, said);
    await over(page);
    for (let step = 0; step < 12; step += 1) await turn(page, -800);
    await rest(page);
    assert.equal(await page.evaluate(() => getSelection().toString()), said);
    ada.settle();
  });

  it("a message of another branch is shown with its branch", async () => {
    const { chat, page } = ada;
    const say = (body) => here.admin.ok("POST", "/api/chat", { model: "echo", ...body });
    const first = await say({ content: "message 1. the beginning" });
    const hidden = await say({ sessionId: first.sessionId, content: "message 2. as it was" });
    await say({ sessionId: first.sessionId, content: "message 3. as it is", parentId: first.messageId });
    await page.goto(`/c/${first.sessionId}?m=${hidden.userMessageId}`);
    await page.locator("article.sought", { hasText: "message 2. as it was" }).waitFor();
    await until("the branch", async () => {
      const { items } = await here.admin.ok("GET", `/api/sessions/${first.sessionId}/messages`);
      return items.some(({ id }) => id === hidden.userMessageId);
    });
    await chat.send("and goes on from there");
    await chat.ended();
    assert.equal(await row(page, 3).count(), 0);
    ada.settle();
  });

  it("new text below is told of, and nothing moves", async () => {
    const { chat, page, words } = ada;
    const { sessionId } = await here.admin.ok("POST", "/api/chat/runs", { content: "go on", model: "canned-en-50" });
    await page.goto(`/c/${sessionId}`);
    await until("more than a screen", async () => (({ content, window }) => content > window + 250)(await scrolled(page)));
    await over(page);
    await turn(page, -200);
    const block = await page.evaluateHandle(() => {
      const edge = document.querySelector(".thread").getBoundingClientRect().top;
      return [...document.querySelectorAll(".answer .block")].find((block) => block.getBoundingClientRect().bottom > edge + 24);
    });
    await rest(page);
    const top = () => block.evaluate((block) => block.getBoundingClientRect().top);
    const before = await top();
    await chat.button(words.reading.NEWS_BELOW).waitFor();
    assert.ok(Math.abs((await top()) - before) < 1, "the text moved");
    await picture(page, "long-news");
    await chat.press(chat.button(words.reading.NEWS_BELOW));
    await until("the end", async () => (await scrolled(page)).below < 60);
    await chat.press(chat.stopButton);
    await chat.ended();
    ada.settle();
  });
});
