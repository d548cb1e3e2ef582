// The server or the network goes away amid an answer: the page says so, loses nothing and goes on.
import assert from "node:assert/strict";
import { until } from "../support.mjs";
import { equalsStored, stored, storedAnswer, textOf } from "./equal.mjs";
import { lookAt, lookAway } from "./visitor.mjs";
import { sentences } from "./words.mjs";

const COUNTING = "tokens-200-50";
/// One that goes on for ten seconds, however busy the machine is.
const COUNTING_LONG = "tokens-500-50";
/// Tokens that a second brings: what a power cut may cost.
const A_SECOND = 50;
/// What a browser says about a connection that was cut.
export const LOST = /ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INTERNET_DISCONNECTED|NETWORK_CHANGED)/;

const strip = (visitor) => visitor.page.getByText(visitor.words.chat.RECONNECTING, { exact: true });
const tokens = (text) => text.split(/\s+/).filter(Boolean);

async function count(visitor, model = COUNTING) {
  const { chat } = visitor;
  await chat.fresh();
  await chat.choose(model);
  await chat.send("count");
  await chat.begun("w40");
}

/// The strip is one calm line of 32 px above the messages.
async function saysSo(visitor) {
  await strip(visitor).waitFor();
  assert.equal((await strip(visitor).boundingBox()).height, 32);
}

/// The server ends amid an answer. `code` is what the answer ends with.
export const restarts = (signal, code) => async ({ ada, second, server, mock }) => {
  const devices = [ada, second];
  const disconnect = await ada.connects(mock, COUNTING_LONG);
  for (const device of devices) device.allow(LOST);
  await count(ada, COUNTING_LONG);
  await second.page.goto(`/c/${ada.chat.sessionId}`);
  await second.chat.begun("w40");
  const shown = tokens(await ada.chat.text()).length;
  await server.program.stop(signal);
  for (const device of devices) await saysSo(device);
  assert.ok(tokens(await ada.chat.text()).length >= shown, "the text left the screen with the server");
  await server.start();
  for (const device of devices) {
    await strip(device).waitFor({ state: "detached" });
    await device.chat.errorCard.waitFor();
    const answer = await equalsStored(device);
    assert.equal(answer.status, "interrupted");
    assert.equal(answer.error.code, code);
    const { message } = sentences(answer.error, device.look.language);
    await device.chat.errorCard.getByText(message, { exact: true }).waitFor();
    const kept = tokens(textOf(answer)).length;
    assert.ok(kept >= shown - A_SECOND, `${shown} tokens were shown, ${kept} are left`);
  }
  await ada.chat.choose("echo");
  await ada.chat.press(ada.chat.button(ada.words.chat.CONTINUE, ada.chat.errorCard));
  await ada.chat.errorCard.waitFor({ state: "detached" });
  await ada.chat.ended();
  assert.equal((await storedAnswer(ada)).status, "completed");
  await disconnect();
};

/// The network goes away amid an answer, and comes back.
export async function goesOffline({ ada, second, line }) {
  for (const device of [ada, second]) device.allow(LOST);
  await count(ada);
  await line.cut();
  await saysSo(ada);
  await line.mend();
  await strip(ada).waitFor({ state: "detached" });
  await ada.chat.ended();
  const answer = await equalsStored(ada);
  assert.equal(answer.status, "completed");
}

/// The device says that its network is gone. Open connections fall silent then, and nothing else tells of it.
export async function fallsSilent({ ada }) {
  const { context } = ada;
  ada.allow(LOST);
  await count(ada);
  await context.setOffline(true);
  await strip(ada).waitFor({ timeout: 5_000 });
  await context.setOffline(false);
  await strip(ada).waitFor({ state: "detached" });
  await ada.chat.ended();
  assert.equal((await equalsStored(ada)).status, "completed");
}

/// What is sent without a network says that it is not confirmed, and arrives once.
export async function sendsLater({ ada, second, line }) {
  const { chat, words } = ada;
  for (const device of [ada, second]) device.allow(LOST);
  await chat.choose("echo");
  const before = (await stored(ada)).length;
  await line.cut();
  await chat.send("from the tunnel");
  await chat.questions.last().getByText(words.chat.UNSURE, { exact: true }).waitFor();
  await line.mend();
  await chat.begun("from the tunnel");
  await chat.ended();
  assert.equal((await stored(ada)).length, before + 2, "it arrived more than once");
  assert.equal(await chat.text(), "from the tunnel");
}

/// Nobody looks at the tab while the answer is completed: the tab says so afterwards.
export async function endsUnseen({ ada, mock }) {
  const { chat, page, words } = ada;
  // Long enough to go on after the tab has left.
  const disconnect = await ada.connects(mock, COUNTING_LONG);
  await chat.fresh();
  await chat.choose(COUNTING_LONG);
  await chat.send("while I am away");
  await until("an address", () => chat.sessionId);
  // It leaves its connection to other tabs, so that it hears nothing of the end until it is looked at again.
  const left = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/events"));
  await lookAway(page);
  await left;
  assert.equal((await storedAnswer(ada)).status, "streaming", "the answer ended before the tab had left");
  await until("the end", async () => (await storedAnswer(ada)).status === "completed");
  await lookAt(page);
  await chat.last.getByText(words.chat.KEPT_WRITING, { exact: true }).waitFor();
  await equalsStored(ada);
  await chat.choose(COUNTING);
  await disconnect();
}

/// A message that the line swallows, with a reply that never comes, is sent again by the next connection.
export async function resendsWhatHangs({ ada, line }) {
  const { chat, page } = ada;
  ada.allow(LOST);
  await chat.choose("echo");
  const before = (await stored(ada)).length;
  line.swallow(true);
  await chat.send("into the void");
  await until("the message is swallowed", () => line.silenced() > 0);
  line.swallow(false);
  await page.evaluate(() => window.dispatchEvent(new Event("offline")));
  await chat.begun("into the void");
  await chat.ended();
  assert.equal((await stored(ada)).length, before + 2, "it arrived more than once");
}

/// Two tabs whose token has expired refresh it at the same moment, with the same refresh token; both stay signed in.
export async function refreshesTwice({ ada }) {
  const { context, page } = ada;
  ada.allow(/status of 401/);
  const other = await context.newPage();
  await other.goto("/");
  await other.locator(".composer").waitFor();
  const waiting = [];
  const answered = [];
  await context.route("**/api/auth/refresh", (route) => {
    waiting.push(route);
    if (waiting.length === 2) for (const held of waiting) held.continue();
  });
  context.on("response", (response) => response.url().endsWith("/api/auth/refresh") && answered.push(response));
  await context.clearCookies({ name: "aichat_access" });
  await Promise.all([page.reload(), other.reload()]);
  await until("two refreshes", () => answered.length === 2);
  const sent = await Promise.all(answered.map((answer) => answer.request().allHeaders()));
  const token = ({ cookie }) => /aichat_refresh=([^;]+)/.exec(cookie)?.[1];
  assert.ok(token(sent[0]), "no refresh token was sent");
  assert.equal(token(sent[0]), token(sent[1]), "the tabs did not race");
  assert.deepEqual(answered.map((answer) => answer.status()), [200, 200]);
  await context.unroute("**/api/auth/refresh");
  for (const tab of [page, other]) {
    await tab.locator(".composer").waitFor();
    assert.equal(new URL(tab.url()).pathname.startsWith("/auth"), false);
  }
  // The login family is alive: the next token comes too.
  await context.clearCookies({ name: "aichat_access" });
  await other.reload();
  await other.locator(".composer").waitFor();
  await ada.api("/api/auth/me");
  await other.close();
}
