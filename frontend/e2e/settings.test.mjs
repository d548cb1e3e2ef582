// The settings of the system, the log of what was done, announcements, and tokens that live for two seconds: on a desktop and
// on a phone, in both languages.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { serving, startAichat, until } from "./support.mjs";
import { registerFirst, signIn } from "./path/door.mjs";
import { isSound } from "./path/judge.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill } from "./path/words.mjs";

const SLOW = "tokens-180-3";
const here = serving(["echo", SLOW]);

const set = (ada, key, value) => ada.api(`/api/settings/system/${key}`, { method: "PUT", body: { value } });
const entry = ({ page }, text) => page.locator("li.row").filter({ hasText: text });

/// What budgets count in stands on their page.
const OF_BUDGETS = ["budget_currency", "usd_in_cny", "budget_time_zone"];
const NAMES_OF_BUDGETS = ["BUDGET_CURRENCY", "USD_IN_CNY", "BUDGET_ZONE"];

/// Every setting that the server names has a row, with its name and its sentence.
async function drawsWhatTheServerNames({ ada }) {
  const { page, words } = ada;
  await page.goto("/settings/system");
  await page.locator("#runs-per-user-field").waitFor();
  const items = (await ada.api("/api/settings/system")).items.filter(({ key }) => !OF_BUDGETS.includes(key));
  assert.equal(await page.locator("section.setting").count(), items.length + 2, "the logo and the public address stand there, too");
  const names = Object.entries(words.fields).filter(([row]) => !NAMES_OF_BUDGETS.includes(row)).map(([, name]) => name);
  for (const name of names) await page.getByRole("heading", { name, exact: true }).first().waitFor();
  await isSound(ada);
}

/// A number out of its range is refused where it is typed, and a good one is saved.
async function savesANumber({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/system");
  const field = page.locator("#file-quota-field");
  await field.fill("1000001");
  await page.locator("#file-quota").getByText(fill(words.settings.NUMBER_RULE, { low: "0", high: "1,000,000" }), { exact: true }).waitFor();
  await field.fill("2,048");
  await chat.press(chat.button(words.common.SAVE, page.locator("#file-quota")));
  await page.locator("#file-quota").getByText(words.common.SAVED, { exact: true }).waitFor();
  const { items } = await ada.api("/api/settings/system");
  assert.equal(items.find(({ key }) => key === "file_quota_mib").value, 2048);
}

/// The log says who changed it, from what to what, and filters narrow it.
async function readsTheLog({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/audit");
  const changed = entry(ada, words.fields.FILE_QUOTA_MIB).first();
  await changed.getByText(/→ 2048$/).waitFor();
  await changed.getByText(/ada/).waitFor();
  await isSound(ada);
  await page.locator("#audit-act").selectOption("connection.created");
  await changed.waitFor({ state: "detached" });
  await entry(ada, "Fake").first().waitFor();
  await page.locator("#audit-person").fill("nobody of that name");
  await page.getByText(words.audit.NONE_FOUND, { exact: true }).waitFor();
  await isSound(ada);
  await chat.press(chat.button(words.audit.SHOW_ALL));
  await changed.waitFor();
  const today = await page.evaluate(() => new Date().toLocaleDateString("sv"));
  await page.locator("#audit-from").fill(today);
  await changed.waitFor();
  await page.locator("#audit-to").fill("2020-01-01");
  await page.getByText(words.audit.NONE_FOUND, { exact: true }).waitFor();
}

/// An announcement stands above the chat of an open tab at once; closed, it comes back when it changes.
async function announces({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await page.locator(".composer").waitFor();
  await set(ada, "announcement_text", "Down on Friday.\n周五停机维护。");
  await set(ada, "announcement_shown", true);
  const banner = page.locator(".announcement");
  await banner.getByText("周五停机维护。").waitFor();
  await isSound(ada);
  await chat.press(chat.button(words.announcement.CLOSE));
  await banner.waitFor({ state: "detached" });
  await page.reload();
  await page.locator(".composer").waitFor();
  assert.equal(await banner.count(), 0, "it stays closed");
  await set(ada, "announcement_tone", "warning");
  await page.locator(".announcement-warning").waitFor();
  await isSound(ada);
  await set(ada, "announcement_dismissible", false);
  await chat.button(words.announcement.CLOSE).waitFor({ state: "detached" });
  await set(ada, "announcement_shown", false);
  await banner.waitFor({ state: "detached" });
  for (const [key, value] of [["announcement_tone", "info"], ["announcement_dismissible", true]]) await set(ada, key, value);
}

/// While an answer of a minute is written, tokens of two seconds are renewed: nobody is signed out, no draft is lost.
async function renewsSilently({ ada }) {
  const { chat } = ada;
  await ada.page.goto("/");
  await set(ada, "access_token_seconds", 2);
  // The token of now was made before; the next one lives for two seconds.
  const how = { method: "POST", headers: { "x-aichat-request": "1" } };
  const renew = () => ada.page.evaluate((how) => fetch("/api/auth/refresh", how).then((answer) => answer.status), how);
  const renewed = async () => assert.equal(await renew(), 200);
  await renewed();
  await chat.choose(SLOW);
  await chat.send("count slowly");
  await chat.begun("w1");
  await chat.box.fill("a draft that stays");
  const first = ada.page;
  const second = await ada.opened.page();
  await second.goto(first.url());
  await second.locator("article.answer").first().waitFor();
  const ends = Date.now() + 70_000;
  for (;;) {
    const busy = await first.locator("article.answer.last[aria-busy=true]").count();
    if (busy === 0) break;
    assert.ok(Date.now() < ends, "the answer never ends");
    // The other tab begins anew with a token that has run out, while this one reads on.
    await first.waitForTimeout(3_000);
    await second.reload();
    await second.locator("article.answer").first().waitFor();
  }
  await chat.begun("w179");
  await second.locator("article.answer .markdown").filter({ hasText: "w179" }).last().waitFor();
  assert.equal(await chat.box.inputValue(), "a draft that stays");
  await chat.choose("echo");
  await chat.press(chat.sendButton);
  await chat.begun("a draft that stays");
  for (const tab of [first, second]) assert.ok(!tab.url().includes("/auth"), tab.url());
  await second.close();
  ada.allow(/status of 401/);
  // What is asked past the page is not renewed by it.
  await renewed();
  await set(ada, "access_token_seconds", 900);
  await renewed();
}

/// The doctor's look at the installation: everything is well but what the setup leaves to do.
async function examines({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/overview");
  await chat.press(chat.button(words.overview.DIAGNOSE_GO));
  await page.locator(".diagnosis-sum").waitFor();
  const found = (code) => page.locator("li.row").filter({ has: page.locator("code", { hasText: code }) });
  for (const code of ["data.ok", "database.ok", "secrets.ok", "connection.ok"]) await found(code).first().waitFor();
  assert.equal(await page.locator(".setup-failed").count(), 0, await page.locator(".settings-main").innerText());
  await isSound(ada);
}

const STORY = [
  ["examines the installation", examines],
  ["draws what the server names", drawsWhatTheServerNames],
  ["saves a number inside its limits", savesANumber],
  ["reads the log", readsTheLog],
  ["announces in open tabs at once", announces],
];

for (const look of [
  { size: "desktop", language: "en-US", theme: "light" },
  { size: "phone", language: "zh-CN", theme: "dark" },
]) {
  describe(`settings of the system, ${look.size}, ${look.language}`, () => {
    const stage = {};

    before(async () => {
      stage.ada = await Visitor.arrive(here.browser, here.server.url, { ...look, reducedMotion: "reduce" });
      await signIn(stage.ada, "ada");
      await set(stage.ada, "file_quota_mib", 1024);
    });

    after(() => stage.ada?.close());

    for (const [name, step] of STORY) {
      it(name, async () => {
        await step(stage);
        stage.ada.settle();
      });
    }

    if (look.size === "desktop") {
      it("renews tokens of two seconds while an answer of a minute goes on", async () => {
        stage.ada.allow(/status of 401/);
        await renewsSilently(stage);
        stage.ada.settle();
      });
    }
  });
}

describe("a setting that a variable fixes", () => {
  it("is shown with its value and the variable's name", async () => {
    const server = await startAichat({ env: { ACCESS_TOKEN_EXPIRE_MINUTES: "5" } });
    const ada = await Visitor.arrive(here.browser, server.url, { size: "phone", language: "zh-CN", theme: "light" });
    try {
      await registerFirst(ada, "ada");
      await ada.page.goto("/settings/system#access-token");
      const row = ada.page.locator("#access-token");
      await row.getByText("300 秒", { exact: true }).waitFor();
      await row.getByText(fill(ada.words.settings.LOCKED, { variable: "ACCESS_TOKEN_EXPIRE_MINUTES" }), { exact: true }).waitFor();
      await until("nothing can be typed there", async () => (await row.locator("input, button").count()) === 0);
      await isSound(ada);
      ada.settle();
    } finally {
      await ada.close();
      await server.stop();
    }
  });
});
