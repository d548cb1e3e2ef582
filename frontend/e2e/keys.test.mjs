// API keys, as a person makes them for programs and takes them back: on a desktop and on a phone, in both languages.
import assert from "node:assert/strict";
import { Caller, serving, until } from "./support.mjs";
import { isSound } from "./path/judge.mjs";
import { alone, twice } from "./path/twice.mjs";
import { fill, sentences } from "./path/words.mjs";

const here = serving(["echo", "ok"]);

const row = ({ page }, name) => page.locator("li.row").filter({ has: page.locator("strong", { hasText: new RegExp(`^${name}$`) }) });

/// Chooses something from the menu of a key, and waits for what it asks.
async function choose({ chat, page, words }, name, deed) {
  await chat.press(chat.button(fill(words.keys.ACTIONS, { name })));
  await chat.press(page.getByRole("menuitem", { name: deed, exact: true }));
  await page.locator("dialog").waitFor();
}

/// Without a key the page says what one is for.
async function saysWhatForAndWhere({ ada }) {
  const { page, words } = ada;
  await page.goto("/settings/keys#new-key");
  await page.getByText(words.keys.NONE, { exact: true }).waitFor();
  await until("the setting is addressed", () => page.evaluate(() => document.activeElement.id === "new-key"));
  await isSound(ada);
}

/// A key is made from a name, scopes, models and addresses; its secret is shown once and works at once.
async function makesAKey(stage) {
  const { ada } = stage;
  const { chat, page, words } = ada;
  await page.goto("/settings/keys");
  await chat.press(chat.button(words.keys.NEW));
  const dialog = page.locator("dialog");
  await chat.press(chat.button(words.keys.MAKE, dialog));
  await dialog.locator("#key-name-note", { hasText: words.keys.NAME_RULE }).waitFor();
  await dialog.locator("#key-name").fill("Notes");
  for (const scope of ["chat", "models"]) await dialog.locator(`#key-scope-${scope}`).uncheck();
  await chat.press(chat.button(words.keys.MAKE, dialog));
  await dialog.getByText(words.keys.SCOPES_RULE, { exact: true }).waitFor();
  await dialog.locator("#key-scope-chat").check();
  await dialog.locator("#key-models").fill("echo\n");
  await dialog.locator("#key-addresses").fill("127.0.0.1/32\n");
  await isSound(ada);
  await chat.press(chat.button(words.keys.MAKE, dialog));

  await dialog.locator(".given").first().waitFor();
  await dialog.getByRole("heading", { name: fill(words.keys.MADE_TITLE, { name: "Notes" }) }).waitFor();
  const secret = await dialog.locator(".given:not(.given-command) code").innerText();
  assert.match(secret, /^sk-aichat-[\w-]{43}$/);
  const command = await dialog.locator(".given-command code").innerText();
  assert.ok(command.startsWith(`curl ${here.server.url}/api/chat `) && command.includes(`Bearer ${secret}`), command);
  await until("the focus is at the copy button", () => page.evaluate(() => document.activeElement.id === "given-copy"));
  await isSound(ada);
  await chat.press(page.locator("#given-copy"));
  await page.locator("#given-copy", { hasText: words.common.COPIED }).waitFor();
  await chat.press(chat.button(words.people.DONE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();

  await row(ada, "Notes").getByText(words.keys.NEVER_USED).waitFor();
  await row(ada, "Notes").getByText(fill(words.keys.ONLY, { list: "echo, 127.0.0.1" }), { exact: true }).waitFor();
  stage.program = new Caller(here.server.url, secret);
  assert.equal((await stage.program.ok("POST", "/api/chat", { content: "hello from a program" })).status, "completed");
  assert.equal((await stage.program.send("GET", "/api/models")).body.code, "auth.scope");
  assert.equal((await stage.program.send("POST", "/api/chat", { content: "hi", model: "ok" })).body.code, "model.not_found");
  const isUsed = async () => (await ada.api("/api/keys")).items[0].lastUsedAt !== undefined;
  await until("its use is noted", isUsed);
  await page.reload();
  await row(ada, "Notes").getByText(words.keys.NO_END).waitFor();
  assert.equal(await row(ada, "Notes").getByText(words.keys.NEVER_USED).count(), 0);
  assert.ok(!(await page.content()).includes(secret), "it is shown once");
  await isSound(ada);
}

/// A key gets another name, an end and all models; what does not exist is refused where it was typed.
async function editsAKey({ ada, program }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/keys");
  await choose(ada, "Notes", words.keys.EDIT);
  const dialog = page.locator("dialog");
  assert.equal(await dialog.locator("#key-models").inputValue(), "echo");
  assert.equal(await dialog.locator("#key-addresses").inputValue(), "127.0.0.1");
  ada.allow(/status of 404/);
  await dialog.locator("#key-models").fill("no-such-model");
  await chat.press(chat.button(words.common.SAVE, dialog));
  const { message } = sentences({ code: "model.not_found", params: { model: "no-such-model" } }, ada.look.language);
  // Names for machines stand as code, without their backticks.
  await dialog.locator(".error-card", { hasText: message.replaceAll("`", "") }).waitFor();
  await dialog.locator("#key-models").fill("");
  await dialog.locator("#key-name").fill("Editor");
  await dialog.locator("#key-scope-models").check();
  await dialog.locator("#key-end").selectOption("30");
  await isSound(ada);
  await chat.press(chat.button(words.common.SAVE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();
  await row(ada, "Editor").getByText(fill(words.keys.ONLY, { list: "127.0.0.1" }), { exact: true }).waitFor();
  const [key] = (await ada.api("/api/keys")).items;
  const days = (Date.parse(key.expiresAt) - Date.now()) / 86_400_000;
  assert.ok(days > 29 && days < 31, `${days} days`);
  assert.equal((await program.ok("GET", "/api/models")).items.length, 2);
}

/// A key that is revoked is gone from the list, and its program is refused.
async function revokesAKey({ ada, program }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/keys");
  await choose(ada, "Editor", words.keys.REVOKE);
  const dialog = page.locator("dialog");
  await dialog.getByText(words.keys.REVOKE_TEXT, { exact: true }).waitFor();
  await isSound(ada);
  await chat.press(chat.button(words.keys.REVOKE, dialog));
  await row(ada, "Editor").waitFor({ state: "detached" });
  await page.getByText(words.keys.NONE, { exact: true }).waitFor();
  assert.equal((await program.send("GET", "/api/sessions")).body.code, "auth.key_revoked");
}

const STORY = [
  ["says what a key is for", saysWhatForAndWhere],
  ["makes a key, whose secret is shown once", makesAKey],
  ["edits a key", editsAKey],
  ["revokes a key at once", revokesAKey],
];

twice("keys", STORY, alone(here));
