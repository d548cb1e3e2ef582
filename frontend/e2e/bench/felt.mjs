// What a person feels: from the key or the press to the frame that shows its result.
import { openContext, until } from "../support.mjs";
import { SLOW, signedIn, throttle } from "../support/measure.mjs";
import { MB, count, ms, note, p95, row } from "./report.mjs";
import { traceFrames } from "./frames.mjs";
import { tabMemory } from "./memory.mjs";

const TIMES = 30;
const TIMES_SLOWLY = 10;
const LONG_TASK_MS = 50;
/// Between two letters: 120 words a minute are 100.
const TYPED_EVERY_MS = 25;
/// How soon a chat of so many messages is there, in milliseconds, and how many elements the page may have then.
const OPENS_IN = { 2000: 300, 10000: 500 };
const ELEMENTS = 3_000;
/// What the tab of the longest chat may take.
const TAB_BYTES = 150_000_000;

/// Runs in the page: `window.felt` becomes the time from the next such event to the frame in which something that matches
/// shows this text.
function watch([event, selector, text]) {
  window.felt = undefined;
  const shows = () => [...document.querySelectorAll(selector)].some((element) => element.textContent.includes(text));
  addEventListener(event, ({ timeStamp }) => {
    const look = () => {
      if (!shows()) return requestAnimationFrame(look);
      // A message is heard after the frame that is being made.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (window.felt = performance.now() - timeStamp);
      port2.postMessage(null);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}

/// How long it takes after `act` until the text is seen.
async function felt(page, [event, selector, text], act) {
  await page.evaluate(watch, [event, selector, text]);
  await act();
  await page.waitForFunction(() => window.felt !== undefined);
  return page.evaluate(() => window.felt);
}

async function sending({ page, often, tell }) {
  const times = [];
  for (let index = 0; index < often; index += 1) {
    const text = `message number ${index} of this measurement`;
    // As fast as somebody types: what draws messages is fetched with the first letter.
    await page.locator("textarea").pressSequentially(text, { delay: TYPED_EVERY_MS });
    times.push(await felt(page, ["keydown", "article.question", text], () => page.keyboard.press("Enter")));
    // Only what is near is in the page, so answers cannot be counted there.
    await page.locator("article.answer.last[aria-busy=false]").waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  }
  tell("Enter to own message painted, p95", p95(times), 50, ms);
}

const open = (page, { id, end }) =>
  felt(page, ["click", ".thread article", end], () => page.locator(`.chat-link[href="/c/${id}"]`).click());

async function switching({ page, often, tell }, chats) {
  const times = [];
  for (let index = 0; index < often; index += 1) times.push(await open(page, chats[index % chats.length]));
  tell(`switching between ${chats.length} chats, p95`, p95(times), 100, ms);
}

async function opening({ page, often, tell }, long, other) {
  const times = [];
  for (let index = 0; index < often / 3; index += 1) {
    await open(page, other);
    times.push(await open(page, long));
  }
  const name = `a chat of ${long.length.toLocaleString("en")} messages`;
  tell(`${name} opens, p95`, p95(times), OPENS_IN[long.length], ms);
  tell(`${name}: elements in the page`, await page.evaluate(() => document.querySelectorAll("*").length), ELEMENTS, count);
}

/// Words of both scripts that every chat has.
const WORDS = ["中", "code", "以及", "turn"];

/// From the input into the empty box to the frame that shows what was found.
async function searching({ page, often, tell }) {
  const box = page.getByRole("combobox", { name: "Search chats", exact: true });
  const marks = page.locator(".search-dialog .hit mark");
  await page.keyboard.press("ControlOrMeta+k");
  const times = [];
  for (let index = 0; index < often; index += 1) {
    await box.fill("");
    await until("nothing is found any more", async () => (await marks.count()) === 0);
    const word = WORDS[index % WORDS.length];
    times.push(await felt(page, ["input", ".search-dialog .hit mark", word], () => page.keyboard.insertText(word)));
  }
  tell("a key in the search to its hits painted, p95", p95(times), 100, ms);
  // With words in the box Esc takes those away first.
  await box.fill("");
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
}

/// A fresh tab with the longest chat, which is read from its end to its beginning.
async function remembering(visitor, browser, chat) {
  const page = await visitor.page();
  await page.goto(`/c/${chat.id}`);
  await page.locator("article.answer").filter({ hasText: chat.end }).waitFor();
  for (const key of ["PageUp", "PageUp", "PageUp", "Home", "End"]) {
    await page.locator(".thread").focus();
    await page.keyboard.press(key);
    await page.waitForTimeout(500);
  }
  const name = `the tab of a chat of ${chat.length.toLocaleString("en")} messages`;
  row(`${name}, anonymous memory`, await tabMemory(browser), TAB_BYTES, MB);
  await page.close();
}

/// Runs in the page: adds up in `window.shifts` by how much the layout moves from now on.
function watchShifts() {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts += entry.value;
  }).observe({ type: "layout-shift" });
}

/// The end of an answer of 200 kB, 100 tokens a second.
async function streaming(browser, page, admin, model) {
  const { sessionId } = await admin.ok("POST", "/api/chat/runs", { content: "go on", model });
  await page.goto(`/c/${sessionId}`);
  // What comes at once is drawn from its end upwards, over many frames: that is opening a chat, not streaming.
  const isDrawn = () => document.querySelector("article.answer")?.textContent.length > 150_000 && !document.querySelector(".run:empty");
  await until("most of the answer", () => page.evaluate(isDrawn));
  await page.evaluate(watchShifts);
  // A locator would look at every element of the page, which is a long task of its own.
  const isOver = () => document.querySelector("article.answer.last[aria-busy=false]") !== null;
  const { frames, tasks } = await traceFrames(browser, page, () => page.waitForFunction(isOver, null, { polling: 200 }));
  row(`${model}: script, style and layout per frame, p95`, p95(frames), 8, ms);
  row(`${model}: longest task`, Math.max(...tasks), LONG_TASK_MS, ms);
  row(`${model}: layout shift`, await page.evaluate(() => window.shifts), 0, String);
}

/// Sending, switching, opening and searching, in a fresh profile; then `more` happens there.
async function ordinary({ browser, server, chats, long }, { often, tell, slow }, more) {
  const visitor = await openContext(browser, server.url);
  await signedIn(server, server.url, "ada")(visitor.context);
  const page = await visitor.page();
  await page.goto("/");
  await page.locator("textarea").waitFor();
  if (slow) await throttle(await visitor.context.newCDPSession(page), slow);
  const stage = { page, often, tell };
  await sending(stage);
  await switching(stage, chats);
  for (const chat of long) await opening(stage, chat, chats[0]);
  await searching(stage);
  await more?.(visitor, page);
  await visitor.context.close();
}

export async function feel({ browser, server, admin, chats, long, models }) {
  console.log(`\nwhat a person feels, ${TIMES} times each\n`);
  await ordinary({ browser, server, chats, long }, { often: TIMES, tell: row }, async (visitor, page) => {
    await remembering(visitor, browser, long.at(-1));
    for (const model of models) await streaming(browser, page, admin, model);
  });
}

/// The same on a slower machine and line, for which there are no targets.
export async function feelSlowly(given) {
  console.log(`\nwhat a person feels at 4 x slower, 10 Mbit/s, 40 ms, ${TIMES_SLOWLY} times each\n`);
  const tell = (name, value, _, show) => note(name, show(value));
  await ordinary(given, { often: TIMES_SLOWLY, tell, slow: SLOW });
}
