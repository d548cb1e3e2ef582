// The first minutes of a newcomer: an account, no model, the demo, a real one.
import assert from "node:assert/strict";
import { modelsApart, startMock } from "../support.mjs";
import { signIn, registerFirst } from "./door.mjs";
import { pattern } from "./words.mjs";

/// The first account sets the server up, and arrives where a model can be connected or the demo tried with one press; whoever
/// passes that over finds the same in the chat, and is not led back.
export async function setUp({ ada }) {
  const { chat, page, words } = ada;
  await registerFirst(ada, "ada");
  await page.locator("a.vendor").first().waitFor();
  await chat.button(words.connections.TRY_DEMO).waitFor();
  await chat.press(page.getByRole("link", { name: words.start.SKIP, exact: true }));
  await page.getByRole("heading", { name: words.chat.NO_MODEL }).waitFor();
  await page.getByRole("link", { name: words.chat.CONNECT_MODEL, exact: true }).waitFor();
  await page.getByText(words.chat.DEMO_NOTE, { exact: true }).waitFor();
}

/// One press, and the demo answers; it says everywhere that it is one.
export async function tryDemo({ ada }) {
  const { chat, page, words } = ada;
  await chat.press(chat.button(words.chat.TRY_DEMO));
  await chat.box.waitFor();
  await chat.send(words.chat.STARTER_EXPLAIN_TEXT);
  const lengths = [];
  while (!(await chat.sendButton.isVisible())) {
    lengths.push((await chat.text()).length);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
  assert.ok(new Set(lengths).size > 10, `the answer did not grow while it was written: ${lengths}`);
  await chat.ended();
  await chat.last.locator(".model-name", { hasText: words.chat.DEMO }).waitFor();
  const thoughts = chat.last.locator(".reasoning-line");
  await thoughts.waitFor();
  const [connection] = (await ada.api("/api/connections")).items;
  assert.equal(connection.protocol, "demo");
}

/// From the list's foot to the wizard, an address of one's own, the check with its steps, and save.
export async function connectModel({ ada, mock }) {
  const { chat, page, words } = ada;
  await chat.openList();
  await chat.press(page.locator("button.person"));
  await chat.press(page.getByRole("link", { name: words.chat.CONNECTIONS, exact: true }));
  await page.getByText(words.connections.DEMO_NOTE, { exact: true }).waitFor();
  await chat.press(page.getByRole("link", { name: words.connections.CONNECT, exact: true }));
  await chat.press(page.locator("a.vendor").filter({ hasText: words.connections.OTHER_NOTE }));
  await page.locator("#connect-url").fill(mock.url);
  await page.locator("#connect-key").fill("sk-test");
  await page.locator("#connect-name").fill("Workshop");
  await chat.press(chat.button(words.connections.CHECK));
  const steps = page.locator(".steps .step");
  await steps.nth(3).waitFor();
  assert.equal(await page.locator(".step-bad").count(), 0, await page.locator(".steps").innerText());
  await page.locator(".steps").getByText(words.connections.STAGE_ADDRESS, { exact: true }).waitFor();
  await page.locator(".steps").getByText(words.connections.STAGE_MODELS, { exact: true }).waitFor();
  await chat.press(chat.button(words.connections.SAVE));
  await page.locator(".row-title", { hasText: "Workshop" }).waitFor();
  await page.getByText(words.connections.DEMO_NOTE, { exact: true }).waitFor({ state: "detached" });
  const protocols = (await ada.api("/api/connections")).items.map(({ protocol }) => protocol);
  assert.deepEqual(protocols, ["openai_chat"], "the demo stayed");
  await showsEveryModel(ada);
}

/// Of a long list most stay hidden until an administrator shows them, and the steps that follow need many.
async function showsEveryModel(ada) {
  const ids = (await ada.api("/api/catalog?shown=false&limit=200")).items.map(({ id }) => id);
  if (ids.length > 0) await ada.api("/api/catalog", { method: "PATCH", body: { ids, shown: true } });
}

/// The picker knows the models of the connection and no demo; the chosen one stays chosen.
export async function chooseModel({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await chat.press(page.locator("button.model-chip"));
  const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
  await list.getByRole("option").first().waitFor();
  assert.equal(await list.locator(".tag").count(), 0, "the demo is still offered");
  await list.getByRole("combobox").fill("no such model");
  await list.getByText(words.chat.NO_MODEL_FOUND.replace("{search}", "no such model"), { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await chat.choose("echo");
  await chat.send("to the letter");
  await chat.begun("to the letter");
  await chat.ended();
}

/// A model server that Ollama's users have on their machine is found, and one press connects it.
export async function findsOllama({ ada }) {
  const { chat, page } = ada;
  const ollama = await startMock("--port", "11434").catch(() => null);
  if (!ollama) return console.log("127.0.0.1:11434 is in use, so nothing can be found there on purpose");
  try {
    await page.goto("/settings/connections?new=1");
    const found = page.locator("button.vendor-found", { hasText: "127.0.0.1:11434" });
    await chat.press(found);
    await page.locator(".row-title", { hasText: "Ollama" }).waitFor();
    const { items } = await ada.api("/api/connections");
    const { id, protocol, baseUrl } = items.find(({ name }) => name === "Ollama");
    assert.deepEqual([protocol, baseUrl], ["ollama", "http://127.0.0.1:11434"]);
    await ada.api(`/api/connections/${id}`, { method: "DELETE" });
  } finally {
    await ollama.stop();
  }
}

/// The address of any page of the list of models.
const MODELS = /\/api\/models(\?|$)/;

/// The panel is high enough for the whole of something in it: what it cuts off counts as visible for the browser.
async function shows(panel, selector) {
  const [outer, inner] = [await panel.boundingBox(), await panel.locator(selector).first().boundingBox()];
  assert.ok(inner.y + inner.height <= outer.y + outer.height, `${selector} is cut off`);
}

/// A list of models that does not come is an error with Retry in its own place, and the chip leads there.
export async function asksForModelsAgain({ ada }) {
  const { chat, page, words } = ada;
  ada.allow(/status of 503/);
  const refuse = (route) => route.fulfill({ status: 503, json: { code: "internal", message: "no", requestId: "r" } });
  const together = await modelsApart(page);
  await page.route(MODELS, refuse);
  await page.goto("/");
  await chat.press(page.locator("button.model-chip", { hasText: words.chat.CHOOSE_MODEL }));
  const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
  await list.locator(".error-card").waitFor();
  await shows(list, ".error-card");
  await page.unroute(MODELS, refuse);
  await together();
  await chat.press(chat.button(words.common.RETRY, list));
  await list.getByRole("option").first().waitFor();
  assert.equal(await list.locator(".error-card").count(), 0);
  await shows(list, ".picker-list [role=option]");
  await chat.pick("echo");
}

/// A chat whose model was taken away says so, and which one answers instead.
export async function namesTheReplacement({ ada, mock }) {
  const { page, words } = ada;
  const { sessionId } = await ada.api("/api/chat", { method: "POST", body: { content: "hello", model: "echo" } });
  const own = await ada.api("/api/connections", { method: "POST", body: { name: "Gone", baseUrl: mock.url, models: ["ok"] } });
  const gone = (await ada.api("/api/models")).items.find(({ connection }) => connection === "Gone");
  await ada.api(`/api/sessions/${sessionId}`, { method: "PATCH", body: { model: gone.id } });
  await ada.api(`/api/connections/${own.id}`, { method: "PATCH", body: { enabled: false } });
  await page.goto(`/c/${sessionId}`);
  const note = page.locator(".composer-reason");
  await note.filter({ hasText: pattern(words.chat.MODEL_REPLACED) }).waitFor();
  await ada.chat.choose("echo");
  await note.waitFor({ state: "detached" });
  await ada.api(`/api/connections/${own.id}`, { method: "DELETE" });
}

/// Another device of the same person.
export async function secondDevice(stage) {
  await signIn(stage.second, "ada");
}
