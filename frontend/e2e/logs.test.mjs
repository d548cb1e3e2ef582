// The live log, what works worse than it should, and the stream that is drawn as it arrives: on a desktop and on a phone, in
// both languages.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { serving, until } from "./support.mjs";
import { isSound } from "./path/judge.mjs";
import { alone, twice } from "./path/twice.mjs";

const here = serving(["echo", "401"]);

const line = (page, text) => page.locator(".log-line").filter({ hasText: text });

/// A failed answer leads to its trace, and that to the lines of its request alone, which name the code.
async function leadsFromATraceToTheLog({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await chat.choose("401");
  await chat.send("why does this fail");
  await page.locator(".error-card").waitFor();
  const { items } = await until("the trace is stored", async () => {
    const found = await ada.api("/api/task-trace?code=provider.unauthorized");
    return found.items.length > 0 && found;
  });
  await page.goto(`/main/logs/task-trace?trace=${items[0].id}`);
  await page.getByText(words.logs.OF_REQUEST, { exact: true }).click();
  await page.waitForURL(/\/main\/logs\/live\?request=/);
  const ended = line(page, "answer ended").first();
  await ended.waitFor();
  assert.match(await ended.textContent(), /provider\.unauthorized/);
  assert.equal(await page.locator("#log-request").inputValue(), items[0].requestId);
  for (const text of await page.locator(".log-text").allTextContents()) assert.ok(text.includes(items[0].requestId), text);
  await isSound(ada);
}

/// New lines come by themselves; the level is chosen where one reads, and a pause holds back what comes.
async function followsAndPauses({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/main/logs/live");
  await page.locator(".log-line").first().waitFor();
  await page.locator("#log-level-select").selectOption("debug");
  await line(page, "setting changed").last().waitFor();
  const probe = async (name) => ada.api(`/api/models?probe=${name}`).catch(() => {});
  await probe("one");
  await line(page, "/api/models").first().waitFor();
  await page.locator("#log-text").fill("/api/models");
  await line(page, "setting changed").first().waitFor({ state: "detached" });
  await line(page, "/api/models").first().waitFor();
  const before = await page.locator(".log-line").count();
  await chat.press(chat.button(words.logs.PAUSE));
  await probe("two");
  await page.locator(".log-news").filter({ hasText: /\d/ }).waitFor();
  assert.equal(await page.locator(".log-line").count(), before, "it holds still");
  await isSound(ada);
  await chat.press(chat.button(words.logs.GO_ON));
  await until("what was held back is shown", async () => (await page.locator(".log-line").count()) > before);
  await page.locator("#log-text").fill("nothing says this");
  await page.getByText(words.logs.NONE, { exact: true }).waitFor();
  await isSound(ada);
  await page.locator("#log-text").fill("");
  await page.locator("#log-filter").selectOption("info");
  await line(page, "setting changed").last().waitFor();
  assert.equal(await line(page, "answered").count(), 0, "a line for each request is graver than nothing");
  await page.locator("#log-level-select").selectOption("info");
}

/// What is shown is downloaded as text.
async function isDownloaded({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/main/logs/live");
  await line(page, "setting changed").first().waitFor();
  const coming = page.waitForEvent("download");
  await chat.press(chat.button(words.logs.DOWNLOAD));
  const file = await coming;
  assert.match(file.suggestedFilename(), /^aichat-.*\.log$/);
  assert.match(await readFile(await file.path(), "utf8"), /INFO {2}setting changed/);
  await chat.press(chat.button(words.logs.CLEAR));
  await page.locator(".log-line").first().waitFor({ state: "detached" });
}

/// Whoever reads further up is left in peace, and comes back with one press.
async function leavesTheReaderInPeace({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/main/logs/live");
  await page.locator("#log-level-select").selectOption("debug");
  await line(page, "setting changed").last().waitFor();
  await until("requests are logged", async () => {
    await ada.api("/api/folders");
    return (await line(page, "/api/folders").count()) > 0;
  });
  for (let n = 0; n < 60; n += 1) await ada.api("/api/tags");
  const view = page.locator(".log-view");
  const place = () => view.evaluate((it) => ({ top: it.scrollTop, end: it.scrollHeight - it.clientHeight - it.scrollTop }));
  await until("the latest line is seen", async () => (await line(page, "/api/tags").count()) >= 60 && (await place()).end < 30);
  await view.evaluate((it) => it.scrollTo(0, 40));
  await page.locator("#log-latest").waitFor();
  for (let n = 0; n < 5; n += 1) await ada.api("/api/tags");
  await until("they are there", async () => (await line(page, "/api/tags").count()) >= 65);
  assert.equal((await place()).top, 40);
  await isSound(ada);
  await chat.press(chat.button(words.logs.LATEST));
  await until("the end is seen", async () => (await place()).end < 30);
  await page.locator("#log-level-select").selectOption("info");
}

/// What works worse than it should stands above everything in the overview, and the stream is drawn as it arrives.
async function isSeenInTheOverview({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/overview");
  await page.locator("#degraded").getByText("connection.rests", { exact: true }).waitFor();
  await chat.press(chat.button(words.overview.STREAM_GO));
  await page.locator(".stream-track > li").first().waitFor();
  await page.locator(".stream-well").waitFor();
  assert.equal(await page.locator(".stream-track > li").count(), 5);
  const places = await page.locator(".stream-track > li").evaluateAll((marks) => marks.map((mark) => mark.offsetLeft));
  assert.ok(places.every((place, at) => at === 0 || place > places[at - 1]), `one after the other: ${places}`);
  await isSound(ada);
}

const STORY = [
  ["leads from a trace to the lines of its request", leadsFromATraceToTheLog],
  ["follows, narrows, pauses and changes its level", followsAndPauses],
  ["is downloaded as text", isDownloaded],
  ["leaves the reader in peace", leavesTheReaderInPeace],
  ["tells what is degraded, and draws a stream as it arrives", isSeenInTheOverview],
];

twice("the live log", STORY, alone(here));
