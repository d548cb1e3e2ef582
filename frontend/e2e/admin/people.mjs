// People whom an administrator adds, signs out, keeps out and finds; and what they do themselves: a password of their own,
// the devices where they are signed in.
import assert from "node:assert/strict";
import { Caller, until } from "../support.mjs";
import { trySignIn } from "../path/door.mjs";
import { isSound } from "../path/judge.mjs";
import { fill, sentences } from "../path/words.mjs";

const OWN = "a password of my own";
const OTHER = "another one of my own";
const REASON = "Left the team, 已离开团队.";

const row = ({ page }, name) => page.locator("li.row").filter({ has: page.locator("strong", { hasText: new RegExp(`^${name}$`) }) });

const at = (path) => (url) => url.pathname === path;

/// Does something to carol from the menu of her row, and says so in the dialog.
async function doTo({ chat, page, words }, deed, prepare = async () => {}, name = "carol") {
  await page.goto("/settings/people");
  await chat.press(chat.button(fill(words.settings.PERSON_ACTIONS, { name })));
  await chat.press(page.getByRole("menuitem", { name: deed, exact: true }));
  await page.locator("dialog").waitFor();
  await prepare();
  await chat.press(chat.button(deed, page.locator("dialog")));
}

/// The password that the dialog shows, copied and put away.
async function handOver({ chat, page, words }) {
  const password = await page.locator("dialog .given code").innerText();
  assert.match(password, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  await until("the focus is at the copy button", () => page.evaluate(() => document.activeElement.id === "given-copy"));
  await chat.press(page.locator("#given-copy"));
  await page.locator("#given-copy", { hasText: words.common.COPIED }).waitFor();
  await chat.press(chat.button(words.people.DONE, page.locator("dialog")));
  await page.locator("dialog").waitFor({ state: "detached" });
  await chat.settled();
  return password;
}

/// Replaces a password on the page that asks for that first.
async function replace({ chat, page, words }, given, own) {
  await page.waitForURL(at("/auth/password"));
  await page.locator("#password-current").fill(given);
  await page.locator("#password-new").fill(own);
  await chat.press(chat.button(words.settings.PASSWORD_CHANGE));
}

/// Waits until carol is at the door: her login was ended somewhere else.
async function isOut(carol) {
  carol.allow(/status of 40[13]|ERR_INCOMPLETE_CHUNKED/);
  await carol.page.waitForURL(at("/auth/login"));
}

/// An administrator adds somebody, whose password is shown once.
export async function addsAPerson(stage) {
  const { ada } = stage;
  const { chat, page, words } = ada;
  await page.goto("/settings/people");
  await chat.press(chat.button(words.people.ADD));
  const dialog = page.locator("dialog");
  ada.allow(/status of 409/);
  await dialog.locator("#add-name").fill("ada");
  await chat.press(chat.button(words.people.ADD, dialog));
  const { message } = sentences({ code: "user.name_taken", params: { name: "ada" } }, ada.look.language);
  // Names for machines stand as code, without their backticks.
  await dialog.locator("#add-name-note", { hasText: message.replaceAll("`", "") }).waitFor();
  await dialog.locator("#add-name").fill("carol");
  await chat.press(chat.button(words.people.ADD, dialog));
  await page.locator("dialog .given").waitFor();
  await dialog.getByRole("heading", { name: fill(words.people.GIVEN_TITLE, { name: "carol" }) }).waitFor();
  await isSound(ada);
  stage.password = await handOver(ada);
  await row(ada, "carol").waitFor();
  await isSound(ada);
  await page.reload();
  await row(ada, "carol").waitFor();
  assert.ok(!(await page.content()).includes(stage.password), "it is shown once");
}

/// Whoever was given a password chooses another one first, and then comes to where they wanted to be.
export async function replacesAGivenPassword(stage) {
  const { carol } = stage;
  const { page } = carol;
  await page.goto("/settings/profile");
  await page.waitForURL(at("/auth/login"));
  await trySignIn(carol, "carol", stage.password);
  carol.allow(/status of 400/);
  await replace(carol, stage.password, stage.password);
  const { message } = sentences({ code: "password.unchanged" }, carol.look.language);
  await page.locator("#password-new-note", { hasText: message }).waitFor();
  await isSound(carol);
  await page.goto("/");
  await page.waitForURL(at("/auth/password"));
  await page.goto("/settings/profile");
  await replace(carol, stage.password, OWN);
  await page.waitForURL(at("/settings/profile"));
  await page.locator(".person-head strong", { hasText: "carol" }).waitFor();
  await page.goto("/auth/password");
  await page.waitForURL(at("/"));
  assert.equal((await carol.api("/api/auth/me")).mustChangePassword, undefined);
}

/// A person sees where they are signed in, and ends one login and all others.
export async function endsLogins({ server, carol }) {
  const { chat, page, words } = carol;
  const credentials = { username: "carol", password: OWN, tokens: true };
  const signIn = async () => {
    const { tokens } = await new Caller(server.url).ok("POST", "/api/auth/login", credentials);
    return new Caller(server.url, tokens.accessToken);
  };
  const isOver = async (program) => (await program.send("GET", "/api/auth/me")).body.code === "auth.revoked";
  const devices = page.locator("#devices ~ ul.rows > li");
  const program = await signIn();
  await page.goto("/settings/profile#devices");
  await devices.nth(1).waitFor();
  const own = devices.filter({ hasText: words.people.THIS_DEVICE });
  await own.filter({ hasText: "Chrome" }).waitFor();
  await own.filter({ hasText: words.people.IN_USE }).waitFor();
  await isSound(carol);
  await chat.press(chat.button(words.people.END, devices.filter({ hasText: words.people.UNKNOWN })));
  await devices.nth(1).waitFor({ state: "detached" });
  assert.ok(await isOver(program));

  const others = [await signIn(), await signIn()];
  await page.reload();
  await devices.nth(2).waitFor();
  await chat.press(chat.button(words.people.END_OTHERS));
  await chat.press(chat.button(words.people.END_OTHERS, page.locator("dialog")));
  await devices.nth(1).waitFor({ state: "detached" });
  for (const other of others) assert.ok(await isOver(other));
  await page.reload();
  await devices.first().waitFor();
  assert.equal(await devices.count(), 1, "this one stays");
}

/// An administrator sees the keys of a person's programs, and revokes one.
export async function revokesAKey({ server, ada }) {
  const { chat, page, words } = ada;
  const { tokens } = await new Caller(server.url).ok("POST", "/api/auth/login", { username: "carol", password: OWN, tokens: true });
  const carol = new Caller(server.url, tokens.accessToken);
  const made = await carol.ok("POST", "/api/keys", { name: "nightly", scopes: ["chat"] });
  const program = new Caller(server.url, made.secret);
  await program.ok("GET", "/api/sessions");
  await page.goto("/settings/people");
  await chat.press(chat.button(fill(words.settings.PERSON_ACTIONS, { name: "carol" })));
  await chat.press(page.getByRole("menuitem", { name: words.people.KEYS, exact: true }));
  await page.getByRole("heading", { name: fill(words.people.KEYS_OF, { name: "carol" }) }).waitFor();
  await isSound(ada);
  await ada.picture(`person-keys-${ada.look.size}-${ada.look.language}`);
  await chat.press(chat.button(fill(words.keys.ACTIONS, { name: "nightly" })));
  assert.equal(await page.getByRole("menuitem").count(), 1, "it is the owner's to change");
  await chat.press(page.getByRole("menuitem", { name: words.keys.REVOKE, exact: true }));
  await chat.press(chat.button(words.keys.REVOKE, page.locator("dialog")));
  await page.getByText(words.people.KEYS_NONE).waitFor();
  assert.equal((await program.send("GET", "/api/sessions")).body.code, "auth.key_revoked");
  await page.goBack();
  await row(ada, "carol").waitFor();
}

/// A password that was lost is replaced by an administrator, which signs the person out at once.
export async function resetsAPassword({ ada, carol }) {
  await carol.page.goto("/settings/profile");
  await carol.page.locator(".person-head").waitFor();
  await doTo(ada, ada.words.people.RESET);
  await ada.page.locator("dialog .given").waitFor();
  await isOut(carol);
  const given = await handOver(ada);
  await trySignIn(carol, "carol", OWN);
  const { message } = sentences({ code: "auth.credentials" }, carol.look.language);
  await carol.page.getByText(message, { exact: true }).waitFor();
  await trySignIn(carol, "carol", given);
  await replace(carol, given, OTHER);
  await carol.page.waitForURL(at("/settings/profile"));
}

/// An administrator signs somebody out everywhere, who may come back.
export async function signsOut({ ada, carol }) {
  await carol.page.goto("/settings/profile");
  await carol.page.locator(".person-head").waitFor();
  await doTo(ada, ada.words.people.END_ALL);
  await ada.page.locator("dialog").waitFor({ state: "detached" });
  await isOut(carol);
  await trySignIn(carol, "carol", OTHER);
  await carol.page.waitForURL(at("/settings/profile"));
}

/// A person takes another name in the profile, and an administrator gives one back; open pages show either at once.
export async function renames({ ada, carol }) {
  const { chat, page, words } = carol;
  await page.goto("/settings/profile");
  const field = page.locator("#username-field");
  await field.fill("c");
  await page.locator("#username-field-note", { hasText: words.auth.USERNAME_LENGTH }).waitFor();
  carol.allow(/status of 409/);
  await field.fill("ada");
  await chat.press(chat.button(words.common.SAVE, page.locator("#username")));
  await page.locator("#username .error-card").waitFor();
  await isSound(carol);
  await field.fill("Carol 卡萝");
  await chat.press(chat.button(words.common.SAVE, page.locator("#username")));
  await page.locator(".person-head strong", { hasText: "Carol 卡萝" }).waitFor();
  await chat.button(words.common.SAVE, page.locator("#username")).waitFor({ state: "detached" });

  const back = async () => {
    await ada.page.locator("#new-name").fill("carol");
    await isSound(ada);
  };
  await doTo(ada, ada.words.people.RENAME, back, "Carol 卡萝");
  await row(ada, "carol").waitFor();
  await page.locator(".person-head strong", { hasText: /^carol$/ }).waitFor();
  assert.equal(await field.inputValue(), "carol", "the field follows");
}

/// Whoever is disabled is told why, at once and when they come again.
export async function tellsWhy({ ada, carol }) {
  await carol.page.goto("/settings/profile");
  await carol.page.locator(".person-head").waitFor();
  const { words, page, chat } = ada;
  await doTo(ada, words.settings.DISABLE, async () => {
    await page.locator("#reason").fill("x".repeat(201));
    await page.locator("#reason-note", { hasText: words.people.REASON_LONG }).waitFor();
    await page.locator("#reason").fill(REASON);
  });
  const told = fill(words.people.REASON_GIVEN, { reason: REASON });
  await row(ada, "carol").getByText(told, { exact: true }).waitFor();
  await isOut(carol);
  const { message } = sentences({ code: "auth.disabled", params: { reason: REASON } }, carol.look.language);
  await carol.page.getByText(message, { exact: true }).waitFor();
  await trySignIn(carol, "carol", OTHER);
  await carol.page.waitForURL(at("/auth/pending"));
  await carol.page.getByText(message, { exact: true }).waitFor();
  await chat.settled();
  await chat.press(chat.button(fill(words.settings.PERSON_ACTIONS, { name: "carol" })));
  await chat.press(page.getByRole("menuitem", { name: words.settings.ENABLE, exact: true }));
  await row(ada, "carol").getByText(told, { exact: true }).waitFor({ state: "detached" });
}

/// People are found by a part of their name and by their status.
export async function findsPeople({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/people");
  await row(ada, "ada").waitFor();
  await page.locator("#people-search").fill("ARO");
  await row(ada, "ada").waitFor({ state: "detached" });
  await row(ada, "carol").waitFor();
  await page.locator("#people-status").selectOption("pending");
  await page.getByText(words.people.NONE_FOUND, { exact: true }).waitFor();
  await isSound(ada);
  await chat.press(chat.button(words.people.SHOW_ALL));
  await row(ada, "ada").waitFor();
  await until("the search is empty", async () => (await page.locator("#people-search").inputValue()) === "");
  assert.equal(await page.locator("#people-status").inputValue(), "");
}
