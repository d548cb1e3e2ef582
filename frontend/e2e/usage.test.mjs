// Usage: what was called stands in figures, in the chart and in groups; a group narrows the page, days are reached by keys,
// the lines are downloaded; an answer says what it took. On a desktop and on a phone, in both languages.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { registerUser, serving } from "./support.mjs";
import { signIn } from "./path/door.mjs";
import { measure, violations } from "./path/judge.mjs";
import { everythingFits } from "./path/layout.mjs";
import { alone, twice } from "./path/twice.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill } from "./path/words.mjs";

const here = serving(["echo", "tokens-300-0", "401"], async ({ admin }) => {
  await admin.ok("PUT", "/api/settings/system/title_model", { value: "off" });
  const { items } = await admin.ok("GET", "/api/catalog?q=tokens-300-0");
  await admin.ok("PATCH", `/api/catalog/${items[0].id}`, { overrides: { facts: { price: { input: 1000, output: 2000 } } } });
  const bob = await registerUser(admin, "bob");
  await bob.ok("POST", "/api/chat", { content: "bob was here", model: "echo" });
  for (const model of ["echo", "tokens-300-0"]) await admin.ok("POST", "/api/chat", { content: "hello", model });
  await admin.send("POST", "/api/chat", { content: "hello", model: "401" });
});

/// Nothing too small, nothing on something else, nothing that Deque's rules refuse.
async function isSound({ chat, page }) {
  await measure(page, { touch: chat.isPhone });
  await everythingFits(page, { touch: chat.isPhone });
  assert.deepEqual(await violations(page), []);
}

const groupOf = (page, name) => page.locator(".usage-group").filter({ has: page.getByText(name, { exact: true }) });
const numbers = (page) => page.locator(".usage-number").allTextContents();
/// A number as the page groups its digits.
const shown = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/// The figures, the chart's legend and the groups say the same as the API.
async function saysWhatWasCalled({ ada }) {
  const { page } = ada;
  const report = await ada.api("/api/usage?by=model&measure=tokens");
  await page.goto("/settings/usage");
  await groupOf(page, "tokens-300-0").waitFor();
  const [calls, tokens, cost, failed] = await numbers(page);
  const { totals } = report;
  assert.deepEqual([calls, tokens, failed], [shown(totals.calls), shown(totals.promptTokens + totals.completionTokens), shown(totals.failed)]);
  assert.match(cost, /^\$\d/);
  assert.ok(totals.calls >= 3 && totals.failed >= 1 && totals.cost > 0);
  assert.deepEqual(await page.locator(".usage-link").allTextContents(), report.groups.map(({ key }) => key));
  const legend = await page.locator(".usage-legend strong").allTextContents();
  assert.deepEqual(legend, report.groups.map(({ sums }) => shown(sums.promptTokens + sums.completionTokens)));
  assert.ok((await page.locator(".usage-bars rect").count()) >= 2);
  await isSound(ada);
}

/// Arrow keys lead from day to day, and the legend follows.
async function isReadByKeys({ ada }) {
  const { page, words } = ada;
  const slider = page.getByRole("slider", { name: words.usage.CHART_DAY });
  await slider.focus();
  const tip = page.locator(".usage-tip");
  const last = await tip.textContent();
  const spoken = await slider.getAttribute("aria-valuetext");
  assert.equal(spoken, last);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((before) => document.querySelector(".usage-tip")?.textContent !== before, last);
  assert.match(await tip.textContent(), / · .*0/);
  assert.deepEqual([...new Set(await page.locator(".usage-legend strong").allTextContents())], ["0"], "nothing was called the day before");
  await page.keyboard.press("End");
  assert.equal(await tip.textContent(), last);
  await slider.blur();
  await tip.waitFor({ state: "detached" });
}

/// The pointer shows the day under it, a finger too.
async function isReadByPointer({ ada }) {
  const { chat, page } = ada;
  await page.locator(".usage-plot").scrollIntoViewIfNeeded();
  const box = await page.locator(".usage-plot").boundingBox();
  const [x, y] = [box.x + box.width - 3, box.y + box.height / 2];
  await (chat.isPhone ? page.touchscreen.tap(x, y) : page.mouse.move(x, y));
  if (!chat.isPhone) {
    await page.locator(".usage-tip").waitFor();
    await isSound(ada);
    await page.mouse.move(0, 0);
    await page.locator(".usage-tip").waitFor({ state: "detached" });
  }
}

/// A group narrows the page to it; its chip and Back lead out again.
async function isNarrowed({ ada }) {
  const { chat, page, words } = ada;
  await chat.press(page.getByRole("link", { name: fill(words.usage.NARROW, { name: "tokens-300-0" }) }));
  await page.waitForURL(/model=tokens-300-0/);
  const chip = page.locator(".usage-only").filter({ hasText: "tokens-300-0" });
  await chip.waitFor();
  await groupOf(page, words.usage.NO_KEY).waitFor();
  const { totals } = await ada.api("/api/usage?model=tokens-300-0");
  assert.equal((await numbers(page))[0], shown(totals.calls));
  await isSound(ada);
  await page.goBack();
  await groupOf(page, "echo").waitFor();
  await page.goForward();
  await chat.press(chip);
  await groupOf(page, "echo").waitFor();
  assert.equal(await page.locator(".usage-only").count(), 0);
}

/// What is drawn, told apart and looked at stands in the address.
async function isChosen({ ada }) {
  const { page, words } = ada;
  const choose = (group, value) => page.locator(`#usage-${group}-${value}`).click();
  await choose("measure", "cost");
  await page.getByRole("heading", { name: words.usage.COST_DAY }).waitFor();
  assert.equal(await page.locator(".usage-link").first().textContent(), "tokens-300-0", "the dearest first");
  await choose("period", "7");
  await page.waitForURL(/days=7/);
  await page.locator("#usage-by").selectOption("day");
  await page.waitForURL(/by=day/);
  await page.waitForFunction(() => document.querySelectorAll(".usage-group").length === 1);
  assert.equal(await page.locator(".usage-days").count(), 0, "the rows are the days");
  await choose("period", "dates");
  const from = page.locator("#usage-from");
  assert.match(await from.inputValue(), /^\d{4}-\d\d-\d\d$/);
  await from.fill("2020-01-01");
  await page.locator("#usage-to").fill("2020-01-05");
  await page.getByText(words.usage.NONE, { exact: true }).waitFor();
  await isSound(ada);
  await page.locator("#usage-to").fill("2019-01-05");
  await page.locator(".usage .error-card").waitFor();
  await page.reload();
  await page.locator(".usage .error-card").waitFor();
  ada.allow(/status of 400/);
  await page.goto("/settings/usage");
  await groupOf(page, "echo").waitFor();
}

/// The lines are downloaded, narrowed as the page is.
async function isDownloaded({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/usage?model=echo");
  await page.locator(".usage-only").waitFor();
  const coming = page.waitForEvent("download");
  await chat.press(chat.button(words.usage.DOWNLOAD));
  const file = await coming;
  assert.match(file.suggestedFilename(), /^usage-[\d-]+\.csv$/);
  const [head, ...lines] = (await readFile(await file.path(), "utf8")).trim().split("\n");
  assert.match(head, /day,person,model,key,purpose,calls/);
  assert.ok(lines.length > 0 && lines.every((line) => line.includes(",ada,echo,,chat,")), lines.join("\n"));
}

/// What is left of budgets and what was used lead to each other.
async function leadsToBudgets({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/usage");
  await chat.press(page.getByRole("link", { name: words.usage.TO_BUDGETS }));
  await page.waitForURL(/\/settings\/profile#left/);
  await chat.press(page.getByRole("link", { name: words.usage.SEE }));
  await page.waitForURL(/\/settings\/usage$/);
  await page.goto("/settings/budgets");
  await chat.press(page.getByRole("link", { name: words.usage.SEE_ALL }));
  await page.waitForURL(/\/settings\/usage\/all$/);
  await chat.press(page.getByRole("link", { name: words.usage.TO_RULES }));
  await page.waitForURL(/\/settings\/budgets$/);
}

/// Administrators see everybody's, by person too; others have no such page.
async function isOfEverybody({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/usage/all?by=person&measure=calls");
  await groupOf(page, "bob").waitFor();
  assert.deepEqual(await page.locator(".usage-link").allTextContents(), ["ada", "bob"]);
  await chat.press(page.getByRole("link", { name: fill(words.usage.NARROW, { name: "bob" }) }));
  await page.locator(".usage-only").filter({ hasText: "bob" }).waitFor();
  assert.equal((await numbers(page))[0], "1");
  await isSound(ada);
  const bob = await Visitor.arrive(here.browser, here.server.url, { ...ada.look, reducedMotion: "reduce" });
  try {
    await signIn(bob, "bob");
    await bob.page.goto("/settings/usage/all");
    await bob.page.locator(".usage-bars, .settings-main h1").first().waitFor();
    assert.equal(await bob.page.locator(".usage-figures").count(), 0);
    await bob.page.goto("/settings/usage");
    await groupOf(bob.page, "echo").waitFor();
    assert.equal((await numbers(bob.page))[0], "1");
  } finally {
    await bob.close();
  }
}

/// A finished answer says what it took, unless one does not want to know.
async function standsBelowAnAnswer({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await chat.choose("tokens-300-0");
  await chat.send("how long is it");
  const line = page.locator(".answer.last .answer-figures");
  await line.waitFor();
  const parts = await line.locator("span").allTextContents();
  assert.equal(parts[0], fill(words.chat.FILE_TOKENS, { count: "300" }));
  assert.ok(parts.length >= 3 && parts.some((part) => part.includes("$")), parts.join());
  await isSound(ada);
  const address = page.url();
  await page.goto("/settings/profile#usage-line");
  await page.getByRole("switch", { name: words.usage.LINE }).click();
  await page.goto(address);
  await page.locator(".answer.last .actions button").first().waitFor();
  assert.equal(await line.count(), 0);
  await page.goto("/settings/profile#usage-line");
  await page.getByRole("switch", { name: words.usage.LINE }).click();
}

const STORY = [
  ["says what was called", saysWhatWasCalled],
  ["is read by keys", isReadByKeys],
  ["is read by pointer", isReadByPointer],
  ["is narrowed to a group", isNarrowed],
  ["is chosen by time, kind and measure", isChosen],
  ["is downloaded", isDownloaded],
  ["leads to budgets and back", leadsToBudgets],
  ["is everybody's for administrators", isOfEverybody],
  ["stands below an answer", standsBelowAnAnswer],
];

twice("usage", STORY, alone(here));
