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

/// A model of the catalogue by its name.
async function known({ ada }, name) {
  const { items } = await ada.api(`/api/catalog?q=${name}`);
  return items.find((model) => model.name === name);
}

const change = ({ ada }, { id }, body) => ada.api(`/api/catalog/${id}`, { method: "PATCH", body });

/// Says for what a model is made, or leaves that to what is known again.
const make = (stage, model, kind) => change(stage, model, { overrides: kind ? { facts: { kind } } : {} });

/// The models of programs are chosen as others are: among those that are made for it, or none; one that went away is named.
export async function choosesModelsOfPrograms(stage) {
  const { ada } = stage;
  const { chat, page, words } = ada;
  const vectors = await known(stage, "canned-en");
  await make(stage, vectors, "embedding");
  const setting = async (key) => (await ada.api("/api/settings/system")).items.find((item) => item.key === key).value;
  const row = page.locator("#embedding-model");
  await page.goto("/settings/system#embedding-model");
  await chat.press(row.locator("button", { hasText: words.models.FIRST }));
  const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
  await list.getByRole("option").first().waitFor();
  assert.deepEqual(await list.locator(".picker-name").allInnerTexts(), ["canned-en"], "what answers in chats is offered for vectors");
  await page.locator(".picker:focus-within").waitFor();
  await page.keyboard.press("Escape");
  await chat.settled();
  await chat.press(row.locator("button").last());
  await chat.pick("canned-en");
  await row.locator("button", { hasText: /^canned-en$/ }).waitFor();
  await until("the name is stored", async () => (await setting("embedding_model")) === "canned-en");
  await change(stage, vectors, { shown: false });
  await page.reload();
  await row.locator("button", { hasText: fill(words.models.GONE_NAMED, { name: "canned-en" }) }).waitFor();
  await chat.press(row.locator("button", { hasText: words.models.FIRST }));
  await until("none is stored", async () => (await setting("embedding_model")) === "");
  await change(stage, vectors, { shown: true });
  await make(stage, vectors);
  // What is not known to be anything else completes texts.
  await page.reload();
  await chat.press(page.locator("#completion-model button").last());
  await chat.pick("echo");
  await until("the name is stored", async () => (await setting("completion_model")) === "echo");
  await ada.api("/api/settings/system/completion_model", { method: "PUT", body: { value: "" } });
}

/// How programs ask a model is part of its sheet: gaps for what writes, a form for what ranks.
export async function saysHowProgramsAsk(stage) {
  const { ada } = stage;
  const { chat, page, words } = ada;
  const sheet = page.locator("dialog");
  const edit = async (name) => {
    await find(ada, name);
    await chat.press(row(ada, name).first().getByRole("button", { name: fill(words.models.EDIT_ONE, { name }), exact: true }));
    await sheet.getByText(words.models.PROGRAMS, { exact: true }).waitFor();
  };
  const save = async () => {
    await chat.press(chat.button(words.common.SAVE, sheet));
    await sheet.waitFor({ state: "detached" });
  };
  const model = await known(stage, "echo");
  const stored = () => ada.api(`/api/catalog/${model.id}/interfaces`);
  await edit("echo");
  await sheet.locator("#model-gap").selectOption("template");
  await sheet.locator("#model-template").fill("<P>{prefix} and nothing behind it");
  await chat.press(chat.button(words.common.SAVE, sheet));
  await sheet.getByText(words.models.TEMPLATE_RULE, { exact: true }).waitFor();
  await sheet.locator("#model-template:focus").waitFor();
  await sheet.locator("#model-template").fill("<P>{prefix}<S>{suffix}<M>");
  await sheet.locator("#model-stops").fill("<end>\n\\n\\n");
  await save();
  const template = { form: "template", template: "<P>{prefix}<S>{suffix}<M>", stop: ["<end>", "\n\n"] };
  assert.deepEqual(await stored(), { completion: template });
  await edit("echo");
  assert.equal(await sheet.locator("#model-stops").inputValue(), "<end>\n\\n\\n");
  await sheet.locator("#model-gap").selectOption("none");
  await save();
  assert.deepEqual(await stored(), { completion: { form: "none" } });
  await make(stage, model, "rerank");
  await edit("echo");
  assert.equal(await sheet.locator("#model-gap").count(), 0);
  await sheet.locator("#model-ranking").selectOption("plural");
  await save();
  assert.equal((await stored()).ranking, "plural");
  await ada.api(`/api/catalog/${model.id}/interfaces`, { method: "PUT", body: {} });
  await make(stage, model);
}
