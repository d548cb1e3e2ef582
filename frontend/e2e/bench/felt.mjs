// What a person feels: from the key or the press to the frame that shows its result.
import { openContext, until } from "../support.mjs";
import { signedIn } from "../support/measure.mjs";
import { ms, p95, row } from "./report.mjs";
import { traceFrames } from "./frames.mjs";

const TIMES = 30;
const LONG_TASK_MS = 50;

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

async function sending(page) {
  const times = [];
  for (let index = 0; index < TIMES; index += 1) {
    const text = `message number ${index} of this measurement`;
    await page.locator("textarea").fill(text);
    times.push(await felt(page, ["keydown", "article.question", text], () => page.keyboard.press("Enter")));
    await page.locator("article.answer[aria-busy=false]").nth(index).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  }
  row("Enter to own message painted, p95", p95(times), 50, ms);
}

const open = (page, { id, end }) =>
  felt(page, ["click", ".thread article", end], () => page.locator(`.chat-link[href="/c/${id}"]`).click());

async function switching(page, chats) {
  const times = [];
  for (let index = 0; index < TIMES; index += 1) times.push(await open(page, chats[index % chats.length]));
  row(`switching between ${chats.length} chats, p95`, p95(times), 100, ms);
}

async function opening(page, long, other) {
  const times = [];
  for (let index = 0; index < TIMES / 3; index += 1) {
    await open(page, other);
    times.push(await open(page, long));
  }
  row("a chat of 2,000 messages opens, p95", p95(times), 300, ms);
}

/// The end of an answer of 200 kB, 100 tokens a second.
async function streaming(browser, page, admin, model) {
  const { sessionId } = await admin.ok("POST", "/api/chat/runs", { content: "go on", model });
  await page.goto(`/c/${sessionId}`);
  await until("most of the answer", () => page.evaluate(() => document.querySelector("article.answer")?.textContent.length > 150_000));
  const stop = page.locator("article.answer.last[aria-busy=false]");
  const { frames, tasks } = await traceFrames(browser, page, () => stop.waitFor());
  row(`${model}: script, style and layout per frame, p95`, p95(frames), 8, ms);
  row(`${model}: longest task`, Math.max(...tasks), LONG_TASK_MS, ms);
}

export async function feel({ browser, server, admin, chats, long, models }) {
  console.log(`\nwhat a person feels, ${TIMES} times each\n`);
  const visitor = await openContext(browser, server.url);
  await signedIn(server, server.url, "ada")(visitor.context);
  const page = await visitor.page();
  await page.goto("/");
  await page.locator("textarea").waitFor();
  await sending(page);
  await switching(page, chats);
  await opening(page, long, chats[0]);
  for (const model of models) await streaming(browser, page, admin, model);
  await visitor.context.close();
}
