// People who come by an invitation or by the list, take their data along and leave: on a desktop and on a phone, in both
// languages.
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { Caller, PASSWORD, serving, until } from "./support.mjs";
import { isSound } from "./path/judge.mjs";
import { people, twice } from "./path/twice.mjs";
import { fill } from "./path/words.mjs";

const here = serving(["echo", "ok"]);

/// The row of this name; of several the newest.
const row = ({ page }, name) => page.locator("li.row").filter({ has: page.locator("strong", { hasText: new RegExp(`^${name}$`) }) }).first();

/// What the browser saves when this is done: its name and its bytes.
async function saved(page, press) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/// An administrator makes a link, which is shown once.
async function invites(stage) {
  const { chat, page, words } = stage.ada;
  await page.goto("/settings/people#invitations");
  await chat.press(chat.button(words.invitations.INVITE, page.locator("#invitations")));
  const dialog = page.locator("dialog");
  await dialog.locator("#invite-days").fill("31");
  await chat.press(chat.button(words.invitations.MAKE, dialog));
  await dialog.locator("#invite-days-note", { hasText: words.invitations.DAYS_RULE }).waitFor();
  await dialog.locator("#invite-days").fill("7");
  await dialog.locator("#invite-uses").fill("2");
  await dialog.locator("#invite-note").fill("Office");
  await isSound(stage.ada);
  await chat.press(chat.button(words.invitations.MAKE, dialog));
  stage.link = await dialog.locator(".given code").innerText();
  assert.match(stage.link, /\/auth\/register\?invite=[\w-]{24}$/);
  await isSound(stage.ada);
  await chat.press(chat.button(words.people.DONE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();
  assert.ok(!(await page.content()).includes(stage.link.split("=")[1]), "it is shown once");
  await here.admin.ok("PUT", "/api/settings/system/registration_enabled", { value: false });
}

/// Whoever has the link is told by whom they are invited, and is in at once although registration is closed.
async function comesByTheLink(stage) {
  const { chat, page, words } = stage.bob;
  await page.goto(stage.link);
  await page.getByText(fill(words.invitations.INVITED, { name: "ada" }), { exact: true }).waitFor();
  await isSound(stage.bob);
  await page.locator("#username").fill("bob");
  await page.locator("#password").fill(PASSWORD);
  await chat.press(page.locator(".door").getByRole("button", { name: words.auth.REGISTER, exact: true }));
  await page.waitForURL((url) => url.pathname === "/");
  const { words: adas, page: list } = stage.ada;
  await list.goto("/settings/people#invitations");
  await row(stage.ada, "Office").getByText(fill(adas.invitations.PEOPLE, { list: "bob" }), { exact: true }).waitFor();
}

/// A link that was revoked says so, and lets nobody in.
async function revokesTheLink(stage) {
  const { chat, words } = stage.ada;
  await chat.press(chat.button(words.invitations.REVOKE, row(stage.ada, "Office")));
  await row(stage.ada, "Office").getByText(words.invitations.REVOKED, { exact: true }).waitFor();
  await isSound(stage.ada);
  const code = stage.link.split("=")[1];
  const refused = await new Caller(here.server.url).send("POST", "/api/auth/invitation", { code });
  assert.equal(refused.body.code, "invitation.invalid");
}

/// A person saves everything of theirs.
async function takesTheirData(stage) {
  const { chat, page, words } = stage.bob;
  await page.goto("/settings/profile#export");
  await until("the setting is addressed", () => page.evaluate(() => document.activeElement.id === "export"));
  const { name, bytes } = await saved(page, () => chat.press(chat.button(words.leaving.EXPORT_DO, page.locator("#export"))));
  assert.match(name, /^aichat-bob-\d{4}-\d\d-\d\d\.zip$/);
  assert.equal(bytes.subarray(0, 2).toString(), "PK");
  assert.ok(bytes.includes("profile.json") && bytes.includes("README.txt"));
  await isSound(stage.bob);
}

/// A person deletes their account with their password, and only with that.
async function deletesTheirAccount(stage) {
  const { chat, page, words } = stage.bob;
  await page.goto("/settings/profile");
  await chat.press(chat.button(words.leaving.DELETE, page.locator("#delete-account")));
  const dialog = page.locator("dialog");
  await dialog.getByText(words.leaving.DELETE_GOES, { exact: true }).waitFor();
  await dialog.getByText(words.leaving.DELETE_STAYS, { exact: true }).waitFor();
  await isSound(stage.bob);
  stage.bob.allow(/status of 40[13]/);
  await dialog.locator("#leave-password").fill("not the password");
  await chat.press(chat.button(words.leaving.DELETE, dialog));
  await until("the password is wrong", async () => (await dialog.locator("#leave-password-note").innerText()) !== "");
  await dialog.locator("#leave-password").fill(PASSWORD);
  await chat.press(chat.button(words.leaving.DELETE, dialog));
  await page.waitForURL((url) => url.pathname === "/auth/login");
  const credentials = { username: "bob", password: PASSWORD, tokens: true };
  const refused = await new Caller(here.server.url).send("POST", "/api/auth/login", credentials);
  assert.equal(refused.body.code, "auth.credentials");
}

/// A list is looked at first; a bad line keeps everybody out, and the passwords of the good ones are saved.
async function importsAList(stage) {
  const { chat, page, words } = stage.ada;
  await page.goto("/settings/people#lists");
  await chat.press(chat.button(words.roster.IMPORT, page.locator("#lists")));
  const dialog = page.locator("dialog");
  await dialog.locator("#import-text").fill("username,role\nada,user\n王小明,admin\n");
  await isSound(stage.ada);
  await chat.press(chat.button(words.roster.CHECK, dialog));
  await dialog.getByText(fill(words.roster.FAULTS, { count: "1" }), { exact: true }).waitFor();
  assert.equal(await chat.button(words.roster.ADD, dialog).count(), 0);
  await isSound(stage.ada);
  await chat.press(chat.button(words.roster.BACK, dialog));
  const file = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from("username;role\ncarol;user\n王小明;admin\n") };
  await dialog.locator("input[type=file]").setInputFiles(file);
  await dialog.getByText(fill(words.roster.READY, { count: "2" }), { exact: true }).waitFor();
  await isSound(stage.ada);
  await chat.press(chat.button(words.roster.ADD, dialog));
  await dialog.getByRole("heading", { name: fill(words.roster.DONE_TITLE, { count: "2" }) }).waitFor();
  await isSound(stage.ada);
  const { name, bytes } = await saved(page, () => chat.press(chat.button(words.roster.SAVE, dialog)));
  assert.equal(name, "aichat-people.csv");
  assert.match(bytes.toString(), /carol,user,active,([a-z2-9]{4}-){3}[a-z2-9]{4}/);
  await chat.press(chat.button(words.people.DONE, dialog));
  await dialog.waitFor({ state: "detached" });
  await chat.settled();
  await row(stage.ada, "carol").waitFor();
  const list = await saved(page, () => chat.press(chat.button(words.roster.EXPORT, page.locator("#lists"))));
  assert.match(list.bytes.toString(), /王小明,admin,active/);
}

/// An administrator deletes somebody from the menu of their row.
async function deletesSomebody(stage) {
  const { chat, page, words } = stage.ada;
  await page.goto("/settings/people");
  await chat.press(chat.button(fill(words.settings.PERSON_ACTIONS, { name: "carol" })));
  await chat.press(page.getByRole("menuitem", { name: words.leaving.PERSON_DELETE, exact: true }));
  const dialog = page.locator("dialog");
  await dialog.getByText(words.leaving.PERSON_DELETE_TEXT, { exact: true }).waitFor();
  await isSound(stage.ada);
  await chat.press(chat.button(words.leaving.PERSON_DELETE, dialog));
  await row(stage.ada, "carol").waitFor({ state: "detached" });
  const { items } = await stage.ada.api("/api/admin/users");
  assert.deepEqual(items.map((user) => user.username).sort(), ["ada", "王小明"]);
}

const STORY = [
  ["makes a link that invites", invites],
  ["comes by the link and is in at once", comesByTheLink],
  ["revokes the link", revokesTheLink],
  ["takes one's data along", takesTheirData],
  ["deletes one's account", deletesTheirAccount],
  ["imports a list of people and exports one", importsAList],
  ["deletes somebody", deletesSomebody],
];

twice("leaving", STORY, async (look) => {
  // What the look before left behind.
  for (const { id, username } of (await here.admin.ok("GET", "/api/admin/users")).items) {
    if (username !== "ada") await here.admin.ok("DELETE", `/api/admin/users/${id}`);
  }
  return people(here.browser, here.server.url, look, { ada: true, bob: false });
});
