// What an administrator does with models: hide and show, open to a few, correct what is known, choose a default.
import assert from "node:assert/strict";
import { until } from "../support.mjs";
import { fill } from "../path/words.mjs";

const row = ({ page }, name) => page.locator(".model").filter({ has: page.locator("strong", { hasText: new RegExp(`^${name}$`) }) });

/// Lists the models whose names contain this.
async function find(visitor, name) {
  await visitor.page.goto("/settings/models");
  await visitor.page.locator(".model").first().waitFor();
  await visitor.page.locator("#models-search").fill(name);
  // Until what does not match has left, the list is the one from before.
  const others = visitor.page.locator(".model").filter({ hasNot: visitor.page.locator("strong", { hasText: name }) });
  await others.first().waitFor({ state: "detached" });
  await row(visitor, name).first().waitFor();
}

/// A model that is hidden here leaves the open list of somebody else, and comes back.
export async function hidesAndShows({ ada, bob }) {
  const { page, words } = ada;
  await bob.page.goto("/");
  await bob.chat.press(bob.page.locator("button.model-chip"));
  const offered = bob.page.locator(".picker-name").filter({ hasText: /^echo$/ });
  await offered.first().waitFor();
  await find(ada, "echo");
  const shown = row(ada, "echo").first().getByRole("switch", { name: fill(words.models.SHOW_ONE, { name: "echo" }), exact: true });
  await ada.chat.press(shown);
  await offered.first().waitFor({ state: "detached" });
  await ada.chat.press(shown);
  await offered.first().waitFor();
  await bob.page.keyboard.press("Escape");
  assert.equal(await page.locator(".error-card").count(), 0);
}

/// Several models at once are for administrators alone, and for everybody again.
export async function changesManyAtOnce({ ada, bob }) {
  const { chat, page, words } = ada;
  await find(ada, "echo");
  await chat.press(page.locator("#models-all"));
  await chat.press(chat.button(words.models.FOR_ADMINS));
  await page.locator(".chip", { hasText: words.models.ADMINS }).first().waitFor();
  const names = async () => (await bob.api("/api/models")).items.map(({ name }) => name);
  assert.ok(!(await names()).includes("echo"));
  await chat.press(page.locator("#models-all"));
  await chat.press(chat.button(words.models.FOR_ALL));
  await until("everybody may use it again", async () => (await names()).includes("echo"));
}

/// A corrected fact and a better name are what people see; without them the provider's hold again.
export async function correctsWhatIsKnown({ ada }) {
  const { chat, page, words } = ada;
  await find(ada, "echo");
  await chat.press(row(ada, "echo").first().getByRole("button", { name: fill(words.models.EDIT_ONE, { name: "echo" }), exact: true }));
  const sheet = page.locator("dialog");
  await sheet.locator("#model-label").fill("Parrot");
  await sheet.locator("#model-facts-contextWindow").fill("64,000");
  await sheet.locator("#model-parameters-temperature").fill("9");
  await chat.press(chat.button(words.common.SAVE, sheet));
  await sheet.getByText(fill(words.models.RULE_NUMBER, { low: "0", high: "2" }), { exact: true }).waitFor();
  await sheet.locator("#model-parameters-temperature").fill("0.5");
  await chat.press(chat.button(words.common.SAVE, sheet));
  await sheet.waitFor({ state: "detached" });
  await row(ada, "Parrot").first().getByText(fill(words.models.CONTEXT, { size: "64K" })).waitFor();
  const listed = async () => (await ada.api("/api/models")).items.find(({ name }) => name === "echo");
  const { label, facts } = await listed();
  assert.deepEqual([label, facts.contextWindow], ["Parrot", 64_000]);
  await chat.press(row(ada, "Parrot").first().getByRole("button", { name: fill(words.models.EDIT_ONE, { name: "Parrot" }), exact: true }));
  await sheet.locator("#model-label").fill("");
  await chat.press(chat.button(words.models.RESET_FACTS, sheet));
  await chat.press(chat.button(words.common.SAVE, sheet));
  await row(ada, "echo").first().waitFor();
  assert.notEqual((await listed()).facts.contextWindow, 64_000);
}

/// The model of new chats: everybody's by the administrator, one's own by oneself.
export async function choosesDefaults({ ada, bob }) {
  await ada.page.goto("/settings/models");
  const value = ada.page.locator("#default-model button").last();
  await value.waitFor();
  await ada.chat.press(value);
  await ada.chat.pick("ok");
  await ada.page.locator("#default-model button", { hasText: /^ok$/ }).waitFor();
  const name = async (visitor) => {
    const { items, default: id } = await visitor.api("/api/models");
    return items.find((model) => model.id === id)?.name;
  };
  await until("the default of everybody", async () => (await name(bob)) === "ok");
  await bob.page.goto("/settings/profile");
  await bob.chat.press(bob.page.locator("#my-model button").last());
  await bob.chat.pick("echo");
  await until("the default of one person", async () => (await name(bob)) === "echo");
  assert.equal(await name(ada), "ok");
  await bob.chat.press(bob.chat.button(bob.words.settings.MY_MODEL_NONE, bob.page.locator("#my-model")));
  await until("everybody's again", async () => (await name(bob)) === "ok");
}

/// A thousand models: found by typing, and one page after the other.
export async function listsAThousand({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/models");
  await page.locator(".model").nth(99).waitFor();
  assert.equal(await page.locator(".model").count(), 100);
  await chat.press(chat.button(words.common.MORE));
  await page.locator(".model").nth(199).waitFor();
  await page.locator("#models-search").fill("no such model");
  await page.getByText(words.models.NONE_FOUND, { exact: true }).waitFor();
  await chat.press(chat.button(words.models.SHOW_ALL));
  await page.locator(".model").nth(99).waitFor();
}
