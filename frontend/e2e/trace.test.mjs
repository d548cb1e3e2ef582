// Task traces: from the answer to its trace, the list and its filters, the button of the text box: on a desktop and on a phone,
// in both languages.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { serving, until } from "./support.mjs";
import { isSound } from "./path/judge.mjs";
import { alone, twice } from "./path/twice.mjs";

const here = serving(["echo", "401"]);

const set = (ada, key, value) => ada.api(`/api/settings/system/${key}`, { method: "PUT", body: { value } });
const traces = async (ada, query = "") => (await ada.api(`/api/task-trace?${query}`)).items;

/// A failed answer leads to its trace, however soon one asks; it names the same code and says whose time it was.
async function leadsFromAnErrorToItsTrace({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await chat.choose("401");
  await chat.send("why does this fail");
  await page.locator(".error-card").waitFor();
  await chat.press(page.locator(".error-card").getByText(words.traces.WHY, { exact: true }));
  await page.waitForURL(/\/main\/logs\/task-trace\?trace=/);
  await page.locator(".trace-outcome code").getByText("provider.unauthorized", { exact: true }).waitFor();
  assert.ok((await page.locator(".trace-stage").count()) >= 6);
  await page.locator(".trace-stage.trace-failed").first().waitFor();
  await page.locator(".trace-legend").getByText(words.traces.PROVIDER).waitFor();
  await isSound(ada);
  await page.locator(".trace-sample summary").first().click();
  await page.locator(".trace-words").getByText("why does this fail").waitFor();
  await isSound(ada);
}

/// What is downloaded is the trace as text.
async function isDownloaded({ ada }) {
  const { chat, page, words } = ada;
  const coming = page.waitForEvent("download");
  await chat.press(chat.button(words.traces.DOWNLOAD));
  const file = await coming;
  assert.match(file.suggestedFilename(), /^task-trace-.*\.txt$/);
  assert.match(await readFile(await file.path(), "utf8"), /provider\.unauthorized/);
}

/// The list is narrowed by what one types, and says when nothing fits.
async function isFiltered({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/main/logs/task-trace");
  const failed = page.locator(".trace-row").filter({ hasText: "provider.unauthorized" }).first();
  await failed.waitFor();
  await isSound(ada);
  await page.locator("#trace-status").selectOption("completed");
  await failed.waitFor({ state: "detached" });
  await page.locator("#trace-model").fill("nothing of that name");
  await page.getByText(words.traces.NONE_FOUND, { exact: true }).waitFor();
  await chat.press(chat.button(words.traces.SHOW_ALL));
  await failed.waitFor();
  await page.locator("#trace-code").fill("provider.");
  await failed.waitFor();
}

/// The button of the text box switches it for what is sent next, and is not there where traces are not allowed.
async function isSwitchedInTheTextBox({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await chat.choose("echo");
  await chat.press(chat.button(words.traces.TOGGLE_ON));
  await chat.button(words.traces.TOGGLE_OFF).waitFor();
  const before = (await traces(ada)).length;
  await chat.send("not traced");
  await chat.begun("not traced");
  await chat.ended();
  await chat.press(chat.button(words.traces.TOGGLE_OFF));
  await chat.send("traced again");
  await chat.begun("traced again");
  await chat.ended();
  await until("one more is traced", async () => (await traces(ada)).length > before);
  assert.equal((await traces(ada)).length, before + 1);
  // An open tab follows what an administrator decides elsewhere.
  await set(ada, "task_trace_enabled", false);
  await chat.button(words.traces.TOGGLE_ON).waitFor({ state: "detached" });
  await set(ada, "task_trace_enabled", true);
  await chat.button(words.traces.TOGGLE_ON).waitFor();
}

/// Old traces are removed by hand.
async function isCleanedUp({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/main/logs/task-trace");
  await chat.press(chat.button(words.traces.CLEAN_UP));
  await chat.press(chat.button(words.traces.CLEAN_UP, page.locator("dialog")));
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  assert.ok((await traces(ada)).length > 0, "nothing is old");
}

const STORY = [
  ["leads from an error to its trace", leadsFromAnErrorToItsTrace],
  ["is downloaded as text", isDownloaded],
  ["is found by filters", isFiltered],
  ["is switched in the text box", isSwitchedInTheTextBox],
  ["is cleaned up", isCleanedUp],
];

twice("task traces", STORY, alone(here));
