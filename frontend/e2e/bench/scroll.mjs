// What a page does between two frames while somebody scrolls through a long list of chats and through a long chat.
import { fillList, openContext, until } from "../support.mjs";
import { signedIn } from "../support/measure.mjs";
import { traceFrames } from "./frames.mjs";
import { ms, note, p95 } from "./report.mjs";

/// Chats in the list.
const MANY = 10_000;
/// How often the wheel is turned, and how far: as somebody does who looks for something far away.
const TURNS = 150;
const FAR = 1_200;

/// Turns the wheel over a box, frame by frame, and tells what that cost. It has to have moved by most of the way.
async function turning(browser, page, name, selector, by) {
  const box = page.locator(selector);
  const { x, y, width, height } = await box.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  let way = 0;
  const { frames, tasks } = await traceFrames(browser, page, async () => {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const before = await box.evaluate((box) => box.scrollTop);
      await page.mouse.wheel(0, by);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      way += Math.abs((await box.evaluate((box) => box.scrollTop)) - before);
    }
  });
  if (way < (TURNS * Math.abs(by)) / 2) throw new Error(`${name}: moved by ${way} px only`);
  note(`${name}: script, style and layout per frame, p95`, ms(p95(frames)));
  note(`${name}: longest task`, ms(Math.max(...tasks)));
}

export async function scroll({ browser, server, admin, long }) {
  console.log(`\nscrolling, ${TURNS} turns of the wheel of ${FAR} px\n`);
  const chat = long.at(-1);
  await fillList(server, admin, MANY);
  const visitor = await openContext(browser, server.url);
  await signedIn(server, server.url, "ada")(visitor.context);
  const page = await visitor.page();
  await page.goto(`/c/${chat.id}`);
  await page.locator("article.answer").filter({ hasText: chat.end }).waitFor();
  const messages = `${chat.length.toLocaleString("en")} messages`;
  await turning(browser, page, `${messages}, up`, ".thread", -FAR);
  await turning(browser, page, `${messages}, down`, ".thread", FAR);
  const chats = `${MANY.toLocaleString("en")} chats`;
  // The first time pages are fetched on the way; the second time all of it is here.
  await turning(browser, page, `${chats}, down, fetched on the way`, ".sidebar-list", FAR);
  const end = page.locator(".sidebar-list .chat-title", { hasText: `chat of many ${MANY - 1}` });
  await until("the end of the list", async () => {
    await page.locator(".sidebar-list").evaluate((box) => box.scrollTo(0, box.scrollHeight));
    return (await end.count()) > 0;
  });
  await turning(browser, page, `${chats}, up, all of them here`, ".sidebar-list", -FAR);
  await visitor.context.close();
}
