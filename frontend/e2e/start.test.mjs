// The first minutes of a new server: whoever makes its first account is led through them once, by Enter alone at a desk.
import assert from "node:assert/strict";
import { providing, startAichat, until } from "./support.mjs";
import { register, registerFirst, signIn } from "./path/door.mjs";
import { isSound } from "./path/judge.mjs";
import { everythingFits } from "./path/layout.mjs";
import { people, twice } from "./path/twice.mjs";
import { fill } from "./path/words.mjs";

const here = providing();

async function stage(look) {
  const server = await startAichat();
  const stage = await people(here.browser, server.url, look, { ada: false, bob: false });
  const leave = stage.close;
  return { ...stage, server, close: async () => { await leave(); await server.stop(); } };
}

const place = ({ words }, step) => fill(words.start.PLACE, { step, of: 2 });
const hasFocus = (locator) => until("the focus", () => locator.evaluate((element) => element === document.activeElement));

async function looksWell(visitor, name) {
  await isSound(visitor);
  await everythingFits(visitor.page, { touch: visitor.chat.isPhone, where: name });
  await visitor.picture(`start-${name}-${visitor.look.size}-${visitor.look.language}`);
}

/// The first account is welcomed by where models come from, and nothing has to be pressed to get there.
async function welcomes({ ada }) {
  const { chat, page, words } = ada;
  await registerFirst(ada, "ada");
  await page.getByRole("heading", { name: fill(words.start.WELCOME, { brand: "AIChat" }), exact: true }).waitFor();
  await page.getByText(place(ada, 1), { exact: true }).waitFor();
  await page.locator("a.vendor").nth(5).waitFor();
  if (!chat.isPhone) await hasFocus(page.locator("a.vendor").first());
  await looksWell(ada, "connect");
}

/// A provider is chosen, checked and saved without a press of the mouse, and Back leads from its form to the choice.
async function connects({ ada }) {
  const { chat, page, words } = ada;
  const other = page.locator("a.vendor").filter({ hasText: words.connections.OTHER_NOTE });
  const go = () => (chat.isPhone ? chat.press(chat.button(words.connections.CHECK)) : page.keyboard.press("Enter"));
  await (chat.isPhone ? chat.press(other) : other.press("Enter"));
  await page.locator("#connect-url").waitFor();
  await page.goBack();
  await other.waitFor();
  await (chat.isPhone ? chat.press(other) : other.press("Enter"));
  if (!chat.isPhone) await hasFocus(page.locator("#connect-url"));
  await page.locator("#connect-url").fill(here.mock.url);
  await page.locator("#connect-name").fill("Workshop");
  await page.locator("#connect-key").fill("sk-test");
  await go();
  await page.locator(".model-choice").waitFor();
  await looksWell(ada, "checked");
  await (chat.isPhone ? chat.press(chat.button(words.connections.SAVE)) : page.keyboard.press("Enter"));
  await page.waitForURL("**/start?step=check");
  assert.deepEqual((await ada.api("/api/connections")).items.map(({ name }) => name), ["Workshop"]);
}

/// The second step says what is left and what was found, without being asked, and Enter begins to chat.
async function checks({ ada }) {
  const { chat, page, words } = ada;
  await page.getByText(place(ada, 2), { exact: true }).waitFor();
  await page.locator(".setup-done", { hasText: words.overview.MODEL }).waitFor();
  await page.locator(".diagnosis-sum").waitFor();
  const begin = page.getByRole("link", { name: words.connections.START_CHAT, exact: true });
  if (!chat.isPhone) await hasFocus(begin);
  await looksWell(ada, "check");
  await (chat.isPhone ? chat.press(begin) : page.keyboard.press("Enter"));
  await page.waitForURL((url) => url.pathname === "/");
  await chat.choose("ok");
  await chat.send("hello");
  await chat.ended();
}

/// Nobody is led there again; the checklist leads there as long as there is no model.
async function isFoundAgain({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/");
  await page.locator(".welcome").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  for (const { id } of (await ada.api("/api/connections")).items) await ada.api(`/api/connections/${id}`, { method: "DELETE" });
  await page.goto("/settings/overview");
  const model = page.locator(".setup-row", { hasText: words.overview.MODEL });
  await chat.press(model.getByRole("link", { name: words.overview.GO, exact: true }));
  await page.waitForURL("**/start");
  await page.locator("a.vendor").first().waitFor();
  await chat.press(page.getByRole("link", { name: words.start.SKIP, exact: true }));
  await page.getByRole("heading", { name: words.chat.NO_MODEL }).waitFor();
}

/// To those who do not manage the server the page does not exist.
async function isForAdministrators({ ada, bob }) {
  await register(bob, "bob");
  await bob.page.getByRole("heading", { name: bob.words.auth.PENDING_TITLE }).waitFor();
  const { items } = await ada.api("/api/admin/users");
  await ada.api(`/api/admin/users/${items.find(({ username }) => username === "bob").id}`, { method: "PATCH", body: { status: "active" } });
  await signIn(bob, "bob");
  assert.equal(new URL(bob.page.url()).pathname, "/");
  await bob.page.goto("/start");
  await bob.page.getByText(bob.words.common.NOT_FOUND, { exact: true }).first().waitFor();
}

const STORY = [
  ["welcomes the first account", welcomes],
  ["connects a model by Enter alone", connects],
  ["says what is left, and leads on to the chat", checks],
  ["is found again from the checklist, and leads nobody there by itself", isFoundAgain],
  ["does not exist for members", isForAdministrators],
];

twice("the first page of a server", STORY, stage);
