// `node frontend/e2e/clock.mjs`: a newcomer's first minutes by the clock, on a phone in Chinese. Prints when each step was
// reached, in seconds from the start of the server; a person's own time for reading and typing comes on top.
import { launch, startAichat } from "./support.mjs";
import { registerFirst, signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";

const PHONE = { size: "phone", theme: "light", language: "zh-CN" };

const browser = await launch();
const begin = performance.now();
const reached = (what) => console.log(`${((performance.now() - begin) / 1000).toFixed(2).padStart(7)} s  ${what}`);

const server = await startAichat();
try {
  reached("server answers");
  const ada = await Visitor.arrive(browser, server.named, PHONE);
  const { chat, page, words } = ada;
  await registerFirst(ada, "ada");
  await page.locator("a.vendor").first().waitFor();
  reached("registered");
  await chat.press(chat.button(words.connections.TRY_DEMO));
  await chat.box.waitFor();
  reached("demo chosen");
  await chat.send(words.chat.STARTER_EXPLAIN_TEXT);
  await chat.last.locator(".reasoning-line, .markdown").first().waitFor();
  reached("first token seen");
  await chat.last.locator(":scope > .markdown").first().waitFor();
  await page.reload();
  await chat.last.locator(":scope > .markdown").first().waitFor();
  await chat.stopButton.waitFor();
  reached("reloaded amid the answer, which goes on");
  const second = await Visitor.arrive(browser, server.named, { ...PHONE, theme: "dark" });
  await signIn(second, "ada");
  await second.page.goto(`/c/${chat.sessionId}`);
  await second.chat.last.locator(":scope > .markdown").first().waitFor();
  reached("second device reads along");
  if (await second.chat.stopButton.isVisible()) await second.chat.press(second.chat.stopButton);
  await chat.ended();
  reached("stopped, both show it");
  for (const device of [ada, second]) await device.chat.last.getByText(words.chat.STOPPED, { exact: true }).waitFor();
  await server.restart("SIGTERM");
  reached("server restarted");
  const before = await chat.last.innerText();
  await page.reload();
  await chat.ended();
  if ((await chat.last.innerText()) !== before) throw new Error("the chat is not what it was");
  reached("found again");
  await ada.close();
  await second.close();
} finally {
  await browser.close();
  await server.stop();
}
