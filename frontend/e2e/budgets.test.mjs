// Budgets, as an administrator sets them and as people meet them: on a desktop and on a phone, in both languages.
import assert from "node:assert/strict";
import { registerUser, serving, until } from "./support.mjs";
import { signIn } from "./path/door.mjs";
import { isSound } from "./path/judge.mjs";
import { alone, twice } from "./path/twice.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill } from "./path/words.mjs";

const here = serving(["echo", "ok"], async (stage) => {
  stage.bob = await registerUser(stage.admin, "bob");
});

const rows = ({ page }) => page.locator("li.row");
const row = (visitor, name) => rows(visitor).filter({ has: visitor.page.locator("strong", { hasText: new RegExp(`^${name}$`) }) });

/// Chooses something from the menu of a budget.
async function choose({ chat, page, words }, name, deed) {
  await chat.press(chat.button(fill(words.budgets.ACTIONS, { name })));
  await chat.press(page.getByRole("menuitem", { name: deed, exact: true }));
}

/// Without a budget the page says so, and in what budgets count.
async function saysThatNobodyIsHeld({ ada, basis }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/budgets");
  await page.getByText(words.budgets.NONE, { exact: true }).waitFor();
  await page.locator("#usd-in-cny-field").waitFor();
  await isSound(ada);
  await page.locator("#usd-in-cny-field").fill(basis.rate);
  await chat.press(chat.button(words.common.SAVE));
  await page.locator("#usd-in-cny .saved", { hasText: words.common.SAVED }).waitFor();
  ada.allow(/status of 400/);
  await page.locator("#budget-zone-field").fill("Shanghai");
  await chat.press(chat.button(words.common.SAVE));
  await page.locator("#budget-zone .error-card").waitFor();
  await page.locator("#budget-zone-field").fill(basis.zone);
  await chat.press(chat.button(words.common.SAVE));
  await page.locator("#budget-zone .saved", { hasText: words.common.SAVED }).waitFor();
}

/// A budget is made for a person, who must be there, with a limit that is a number.
async function makesABudget({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/budgets");
  await chat.press(chat.button(words.budgets.NEW));
  const dialog = page.locator("dialog");
  await dialog.locator("#budget-subject").selectOption("person");
  await dialog.locator("#budget-person").fill("nobody");
  await chat.press(chat.button(words.budgets.MAKE, dialog));
  await dialog.locator("#budget-limit-note", { hasText: words.budgets.LIMIT_RULE }).waitFor();
  await dialog.locator("#budget-limit").fill("2");
  await chat.press(chat.button(words.budgets.MAKE, dialog));
  await dialog.locator("#budget-person-note", { hasText: words.budgets.PERSON_RULE }).waitFor();
  await isSound(ada);
  await dialog.locator("#budget-person").fill("bob");
  await chat.press(chat.button(words.budgets.MAKE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();
  const limit = fill(words.budgets.REQUESTS_DAY, { amount: "2" });
  await row(ada, "bob").getByText(limit, { exact: true }).waitFor();
  await isSound(ada);
}

/// What was used shows in the bar; the limit is changed, the budget switched off and on.
async function seesWhatIsUsedAndChangesIt({ ada }) {
  const { chat, page, words } = ada;
  await here.bob.ok("POST", "/api/chat", { content: "one", model: "ok" });
  await page.goto("/settings/budgets");
  const used = fill(words.budgets.USED, { used: "1", limit: "2" });
  await row(ada, "bob").getByText(used).waitFor();
  assert.equal(await row(ada, "bob").getByRole("meter").getAttribute("aria-valuenow"), "50");
  await choose(ada, "bob", words.budgets.EDIT);
  const dialog = page.locator("dialog");
  await dialog.locator("#budget-new-limit").fill("1");
  await isSound(ada);
  await chat.press(chat.button(words.common.SAVE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();
  await row(ada, "bob").locator(".meter-full").waitFor();
  assert.equal((await here.bob.send("POST", "/api/chat", { content: "two", model: "ok" })).body.code, "budget.exceeded");
  await choose(ada, "bob", words.budgets.SWITCH_OFF);
  await row(ada, "bob").getByText(words.budgets.OFF, { exact: true }).waitFor();
  await here.bob.ok("POST", "/api/chat", { content: "two", model: "ok" });
  await choose(ada, "bob", words.budgets.SWITCH_ON);
  await row(ada, "bob").locator(".chip").waitFor({ state: "detached" });
  await isSound(ada);
}

/// The person sees what is left, and in the chat which limit was reached.
async function tellsThePerson({ look }) {
  const bob = await Visitor.arrive(here.browser, here.server.url, { ...look, reducedMotion: "reduce" });
  try {
    const { chat, page, words } = bob;
    await signIn(bob, "bob");
    await page.goto("/settings/profile#left");
    const left = fill(words.budgets.LEFT_OF, { left: "0", limit: fill(words.budgets.REQUESTS_DAY, { amount: "1" }) });
    await page.locator("#left").getByText(left, { exact: true }).waitFor();
    await isSound(bob);
    bob.allow(/status of 429/);
    await page.goto("/");
    await chat.box.fill("three");
    await chat.press(chat.sendButton);
    const said = look.language === "zh-CN" ? /已达到你的额度上限/ : /You have reached your limit of 1 requests a day/;
    await page.locator(".error-card", { hasText: said }).waitFor();
    bob.settle();
  } finally {
    await bob.close();
  }
}

/// A key gets a limit of its own where it is made.
async function limitsAKey({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/keys");
  await chat.press(chat.button(words.keys.NEW));
  const dialog = page.locator("dialog");
  await dialog.locator("#key-name").fill("Notes");
  await chat.press(dialog.locator("#key-add-limit"));
  await dialog.locator("#key-0-unit").selectOption("tokens");
  await dialog.locator("#key-0-limit").fill("5,000");
  await isSound(ada);
  await chat.press(chat.button(words.keys.MAKE, dialog));
  await dialog.locator(".given").first().waitFor();
  await chat.press(chat.button(words.people.DONE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();
  const [key] = (await ada.api("/api/keys")).items;
  assert.deepEqual(key.limits.map(({ unit, window, limit }) => [unit, window, limit]), [["tokens", "day", 5000]]);
  await row(ada, "Notes").getByRole("meter").waitFor();
  await isSound(ada);
  await ada.api(`/api/keys/${key.id}`, { method: "DELETE" });
}

/// A budget is removed, and nobody is held any more.
async function removesABudget({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/budgets");
  await choose(ada, "bob", words.budgets.REMOVE);
  const dialog = page.locator("dialog");
  await dialog.getByText(words.budgets.REMOVE_TEXT, { exact: true }).waitFor();
  await isSound(ada);
  await chat.press(chat.button(words.budgets.REMOVE, dialog));
  await page.getByText(words.budgets.NONE, { exact: true }).waitFor();
  await until("bob may ask again", async () => (await here.bob.send("POST", "/api/chat", { content: "hi", model: "ok" })).status === 200);
}

const STORY = [
  ["says that nobody is held, and in what budgets count", saysThatNobodyIsHeld],
  ["makes a budget for somebody who is there", makesABudget],
  ["shows what is used, and changes the limit", seesWhatIsUsedAndChangesIt],
  ["tells the person what is left and which limit was reached", tellsThePerson],
  ["limits a key where it is made", limitsAKey],
  ["removes a budget", removesABudget],
];

const BASES = {
  desktop: { rate: "7.25", zone: "Asia/Shanghai" },
  phone: { rate: "6.9", zone: "Europe/Berlin" },
};

twice("budgets", STORY, async (look) => ({ ...(await alone(here)(look)), basis: BASES[look.size] }));
