// An answer from its first word to its last: reloads, a second device, stop, another answer, continue, thoughts, failure.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../support.mjs";
import { plain } from "./chat.mjs";
import { equalsStored, stored, storedAnswer, textOf } from "./equal.mjs";
import { sentences } from "./words.mjs";

const COUNTING = "tokens-200-50";
/// One that takes long enough for a page to load twice meanwhile, on a machine that has other things to do.
const COUNTING_LONG = "tokens-500-50";
const counted = (count) => Array.from({ length: count }, (_, index) => `w${index}`).join(" ");

/// The page is reloaded amid an answer and another device opens the chat: both go on and end with what is stored.
export async function survivesReload({ ada, second, mock }) {
  const disconnect = await ada.connects(mock, COUNTING_LONG);
  await ada.chat.fresh();
  await ada.chat.choose(COUNTING_LONG);
  await ada.chat.send("count slowly");
  await ada.chat.begun("w20");
  await ada.page.reload();
  await ada.chat.begun("w20");
  await ada.chat.stopButton.waitFor();
  await second.page.goto(`/c/${ada.chat.sessionId}`);
  await second.chat.begun("w20");
  await second.chat.stopButton.waitFor();
  await ada.chat.ended();
  await second.chat.ended();
  assert.equal(await ada.chat.text(), counted(500));
  const [here, there] = [await equalsStored(ada, { exact: true }), await equalsStored(second, { exact: true })];
  assert.equal(here.id, there.id);
  assert.equal(here.status, "completed");
  assert.equal((await stored(ada)).length, 2, "a message was doubled");
  await disconnect();
}

/// Numbers from 0 to 1 that a seed decides.
const random = (seed) => () => (seed = (seed * 16_807 + 11) % 2_147_483_647) / 2_147_483_647;

/// The page is reloaded at moments that nobody chose, also while it starts: every run takes the same ones, and `SEED`
/// others.
export async function survivesReloadsAtAnyMoment({ ada }) {
  const seed = Number(process.env.SEED ?? 20_261_129);
  console.log(`the moments of the reloads: SEED=${seed}`);
  const next = random(seed);
  await ada.chat.fresh();
  await ada.chat.choose(COUNTING);
  await ada.chat.send("count while I reload");
  await until("an address", () => ada.chat.sessionId);
  for (let times = 0; times < 6; times += 1) {
    await sleep(next() * 500);
    await ada.page.reload({ waitUntil: "commit" });
  }
  await ada.chat.begun("w0");
  await ada.chat.ended();
  const answer = await equalsStored(ada, { exact: true });
  assert.equal(answer.status, "completed", `SEED=${seed}`);
  assert.equal(textOf(answer).trim(), counted(200), `SEED=${seed}`);
}

/// A long answer is copied to the byte, its code with its indents; by the old way where there is no clipboard API.
export async function copies({ ada }) {
  const { chat, page, words } = ada;
  await chat.fresh();
  await chat.choose("canned-zh");
  await chat.send("what can be copied");
  await chat.ended();
  const text = textOf(await storedAnswer(ada));
  assert.equal(await page.evaluate(() => isSecureContext), new URL(ada.base).hostname === "127.0.0.1");
  assert.equal(await chat.copied(), text);
  const code = chat.last.locator("figure.code");
  await chat.press(chat.button(words.chat.CODE_COPY, code));
  await chat.button(words.common.COPIED, code).waitFor();
  assert.equal(await chat.pasted(), /```rust\n([^`]*?)\n?```/.exec(text)[1]);
}

/// The other device stops it; the text stays on both, and says so.
export async function stops({ ada, second }) {
  await ada.chat.fresh();
  await ada.chat.choose("stall-after-5");
  await ada.chat.send("stall");
  await ada.chat.begun("w4");
  await second.page.goto(`/c/${ada.chat.sessionId}`);
  await second.chat.begun("w4");
  await second.chat.press(second.chat.stopButton);
  for (const device of [second, ada]) {
    await device.chat.last.getByText(device.words.chat.STOPPED, { exact: true }).waitFor();
    assert.equal(await device.chat.text(), counted(5));
    const answer = await equalsStored(device);
    assert.equal(answer.status, "stopped");
  }
}

/// Another answer is another version, and arrows lead from one to the other.
export async function answersAgain({ ada }) {
  const { chat, words } = ada;
  await chat.fresh();
  await chat.choose("echo");
  await chat.send("first words");
  await chat.ended();
  const before = await storedAnswer(ada);
  await chat.choose("ok");
  await chat.press(chat.button(words.chat.ANSWER_AGAIN, chat.last));
  await chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
  await chat.begun("short");
  await chat.ended();
  const after = await storedAnswer(ada);
  assert.deepEqual(after.siblings, [before.id, after.id]);
  await chat.press(chat.button(words.chat.VERSION_BEFORE, chat.last));
  await chat.last.locator(".versions", { hasText: "1/2" }).waitFor();
  assert.equal(await chat.text(), "first words");
  assert.equal((await storedAnswer(ada)).id, before.id, "the choice is not stored");
  await chat.press(chat.button(words.chat.VERSION_AFTER, chat.last));
  await chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
}

/// On glass a long press offers what the row of actions does elsewhere, for earlier answers too; not while one is written.
export async function offersActionsOnGlass({ ada }) {
  const { chat, page, words } = ada;
  const hold = (answer) => answer.dispatchEvent("pointerdown", { pointerType: "touch", clientX: 150, clientY: 300, bubbles: true });
  const menu = page.getByRole("menu", { name: words.chat.MESSAGE_ACTIONS });
  const item = (name) => menu.getByRole("menuitem", { name, exact: true });
  await answersAgain({ ada });
  await chat.choose(COUNTING);
  await chat.send("and now count");
  await chat.begun("w5");
  await hold(chat.last);
  await chat.ended();
  assert.equal(await page.locator(".popover, .popover-veil").count(), 0, "a long press opened something amid the answer");
  const earlier = chat.answers.first();
  // What stays in sight is that there are other versions.
  await earlier.locator(".versions", { hasText: "2/2" }).waitFor();
  assert.equal(await earlier.locator(".actions button:visible").count(), 2);
  await hold(earlier);
  await chat.press(item(words.chat.INFORMATION));
  const facts = page.getByRole("dialog", { name: words.chat.INFORMATION });
  await facts.getByText(words.chat.TOKENS, { exact: true }).waitFor();
  await page.evaluate(() => history.back());
  await facts.waitFor({ state: "detached" });
  await hold(earlier);
  await chat.press(item(words.chat.VERSION_BEFORE));
  await until("the earlier version", async () => (await chat.text()) === "first words");
}

/// An answer that was cut off says why, keeps its text, and goes on with another model in the same message.
export async function continues({ ada }) {
  const { chat, words } = ada;
  await chat.fresh();
  await chat.choose("cut");
  await chat.send("two reasons");
  await chat.errorCard.waitFor();
  const before = await storedAnswer(ada);
  const { message } = sentences(before.error, ada.look.language);
  await chat.errorCard.getByText(message, { exact: true }).waitFor();
  assert.equal(await chat.text(), plain(textOf(before)), "the text that had arrived is gone");
  await chat.choose("echo");
  await chat.press(chat.button(words.chat.CONTINUE, chat.errorCard));
  await chat.errorCard.waitFor({ state: "detached" });
  await chat.ended();
  const after = await storedAnswer(ada);
  assert.equal(after.id, before.id, "Continue made another message");
  assert.equal(after.status, "completed");
  assert.ok(textOf(after).startsWith(textOf(before)) && textOf(after).length > textOf(before).length);
}

/// Thoughts are one folded line that opens.
export async function foldsThoughts({ ada }) {
  const { chat } = ada;
  await chat.fresh();
  await chat.choose("thinking");
  await chat.send("think");
  await chat.ended();
  const line = chat.last.locator(".reasoning-line");
  const thoughts = (await storedAnswer(ada)).parts.find(({ kind }) => kind === "reasoning").text;
  assert.equal(await line.getAttribute("aria-expanded"), "false");
  assert.equal(await chat.last.locator(".reasoning-body").count(), 0);
  await chat.press(line);
  assert.equal(plain(await chat.last.locator(".reasoning-body").innerText()), plain(thoughts));
  assert.equal((await chat.text()).includes(plain(thoughts)), false, "thoughts count as text");
  await chat.press(line);
  await chat.last.locator(".reasoning-body").waitFor({ state: "detached" });
}

/// A failure stands in the place of the answer, Retry asks again, and another model answers.
export async function retriesInPlace({ ada, mock }) {
  const { chat, words } = ada;
  await chat.fresh();
  await chat.choose("500");
  await chat.send("please");
  await chat.errorCard.waitFor();
  const calls = async () => (await mock.ledger()).records.filter(({ model }) => model === "500").length;
  const before = await calls();
  await chat.press(chat.button(words.common.RETRY, chat.errorCard));
  await until("the provider is asked again", async () => (await calls()) > before);
  await chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
  await chat.errorCard.waitFor();
  await chat.press(chat.button(words.chat.OTHER_MODEL, chat.errorCard));
  await chat.pick("echo");
  await chat.last.locator(".versions", { hasText: "3/3" }).waitFor();
  await chat.errorCard.waitFor({ state: "detached" });
  await chat.ended();
  assert.equal(await chat.text(), "please");
}

/// An answer that was completed after the page was closed is greeted when the page is opened again.
export async function keepsWriting({ ada }) {
  const { chat, page, words } = ada;
  await chat.fresh();
  await chat.choose("slow-2000");
  await chat.send("take your time");
  await until("an address", () => chat.sessionId);
  const { sessionId } = chat;
  await page.goto("about:blank");
  await ada.page.close();
  await ada.tab();
  await ada.page.goto("/settings/profile");
  await until("the answer is complete", async () => {
    const { items } = await ada.api(`/api/sessions/${sessionId}/messages`);
    return items.at(-1).status === "completed";
  });
  await ada.page.goto(`/c/${sessionId}`);
  await ada.chat.last.getByText(words.chat.KEPT_WRITING, { exact: true }).waitFor();
}
