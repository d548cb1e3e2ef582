// The second factor and signing in through another service, as people meet them: on a desktop and on a phone, in both languages.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { PASSWORD, registerUser, serving, until } from "./support.mjs";
import { trySignIn } from "./path/door.mjs";
import { isSound } from "./path/judge.mjs";
import { people, twice } from "./path/twice.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill } from "./path/words.mjs";

const here = serving(["ok"]);

/// What an authenticator app shows, by the server's clock, which is this machine's.
function code(secret, steps = 0) {
  const bits = [...secret.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/// Goes through the form, in the dialog of the profile or at the door; keeps the secret and the recovery codes.
async function setUp(stage, root) {
  const { bob } = stage;
  const { chat, page, words } = bob;
  await root.locator(".factor-qr").waitFor();
  await until("the picture is drawn", () => root.locator(".factor-qr").evaluate((picture) => picture.naturalWidth > 0));
  stage.secret = await root.locator(".given code").innerText();
  await isSound(bob);
  bob.allow(/status of 403/);
  await root.locator("#factor-code").fill("12");
  await chat.press(chat.button(words.factor.CONFIRM, root));
  await root.locator("#factor-code-note", { hasText: /\S/ }).waitFor();
  const shown = code(stage.secret);
  await root.locator("#factor-code").fill(`${shown.slice(0, 3)} ${shown.slice(3)}`);
  await chat.press(chat.button(words.factor.CONFIRM, root));
  await root.getByText(words.factor.CODES_TEXT, { exact: true }).waitFor();
  stage.codes = (await root.locator(".given code").innerText()).trim().split("\n");
  assert.equal(stage.codes.length, 10);
  await isSound(bob);
  await chat.press(chat.button(words.people.DONE, root));
}

async function setsUpInTheProfile(stage) {
  const { bob } = stage;
  const { chat, page, words } = bob;
  await page.goto("/settings/profile#second-factor");
  await chat.press(chat.button(words.factor.SET_UP, page.locator("#second-factor")));
  await setUp(stage, page.locator("dialog"));
  await page.locator("#second-factor").getByText(/10/).waitFor();
  await isSound(bob);
}

async function signsInWithARecoveryCode(stage) {
  const { bob } = stage;
  const { chat, page, words } = bob;
  await bob.api("/api/auth/logout", { method: "POST", body: {} });
  await page.evaluate(() => localStorage.removeItem("aichat.signed-in"));
  await page.goto("/auth/login");
  await trySignIn(bob, stage.name);
  await page.getByRole("heading", { name: words.factor.ENTER_TITLE }).waitFor();
  assert.equal(await page.locator("#sign-in-code").getAttribute("autocomplete"), "one-time-code");
  await isSound(bob);
  bob.allow(/status of 403/);
  await page.locator("#sign-in-code").fill("000 000");
  await chat.press(chat.button(words.auth.SIGN_IN));
  await page.locator("#sign-in-code-note", { hasText: /\S/ }).waitFor();
  await page.locator("#sign-in-code").fill(stage.codes[0].toUpperCase().replaceAll("-", " "));
  await chat.press(chat.button(words.auth.SIGN_IN));
  await page.waitForURL((url) => url.pathname === "/");
}

async function turnsItOff(stage) {
  const { bob } = stage;
  const { chat, page, words } = bob;
  await page.goto("/settings/profile#second-factor");
  await chat.press(chat.button(words.factor.TURN_OFF, page.locator("#second-factor")));
  const dialog = page.locator("dialog");
  await isSound(bob);
  await dialog.locator("#proof-password").fill(PASSWORD);
  await dialog.locator("#proof-code").fill(stage.codes[1]);
  await chat.press(chat.button(words.factor.TURN_OFF, dialog));
  await chat.button(words.factor.SET_UP, page.locator("#second-factor")).waitFor();
}

/// Whom the rule binds is led to a page of its own, and then to where they wanted to be.
async function isLedToItByTheRule(stage) {
  const { bob } = stage;
  const { page, words } = bob;
  // The rule binds the administrator too, and no key may change it: they set one up first.
  const { secret } = await here.admin.ok("POST", "/api/auth/second-factor", {});
  const { codes } = await here.admin.ok("POST", "/api/auth/second-factor/confirm", { code: code(secret) });
  await here.admin.ok("PUT", "/api/settings/system/second_factor", { value: "everybody" });
  try {
    for (const person of [bob, stage.ada]) person.allow(/status of 403/);
    await page.goto("/settings/keys");
    await page.waitForURL("**/auth/second-factor*");
    await page.getByText(words.factor.SET_UP_REQUIRED, { exact: true }).waitFor();
    await setUp(stage, page.locator(".door-main"));
    await page.waitForURL("**/settings/keys");
  } finally {
    await here.admin.ok("PUT", "/api/settings/system/second_factor", { value: "off" });
    await here.admin.ok("POST", "/api/auth/second-factor/remove", { password: PASSWORD, code: codes[0] });
  }
}

/// An administrator sets a service up; the check says what is wrong before it is saved.
async function setsAServiceUp(stage) {
  const { ada } = stage;
  const { chat, page, words } = ada;
  await page.goto("/settings/sign-in");
  await page.getByText(words.oidc.NONE, { exact: true }).waitFor();
  await chat.press(chat.button(words.oidc.ADD, page.locator("#new-service")));
  const dialog = page.locator("dialog");
  await dialog.locator("#service-name").fill("Casdoor");
  await dialog.locator("#service-issuer").fill("http://127.0.0.1:9");
  await dialog.locator("#service-client").fill("casdoor-chat");
  await dialog.locator("#service-creation").selectOption("active");
  await isSound(ada);
  await chat.press(chat.button(words.oidc.CHECK, dialog));
  await dialog.locator(".error-card").waitFor();
  await dialog.locator("#service-issuer").fill(new URL(here.mock.url).origin);
  await chat.press(chat.button(words.common.SAVE, dialog));
  await dialog.waitFor({ state: "detached" });
  await page.locator("li.row strong", { hasText: "Casdoor" }).waitFor();
  await isSound(ada);
}

/// Somebody who has no account comes in by the button, and finds the service in their profile.
async function comesInThroughIt(stage) {
  const guest = await Visitor.arrive(here.browser, here.server.url, { ...stage.look, reducedMotion: "reduce" });
  try {
    const { chat, page, words } = guest;
    guest.allow(/foreign request/);
    await page.goto("/auth/login");
    await page.locator("#boot-door").waitFor({ state: "detached" });
    await isSound(guest);
    await chat.press(chat.button(fill(words.oidc.CONTINUE, { name: "Casdoor" })));
    await page.waitForURL((url) => url.pathname === "/");
    await page.goto("/settings/profile#identities");
    await page.locator("li.row strong", { hasText: "Casdoor" }).waitFor();
    guest.allow(/status of 409/);
    await chat.press(chat.button(words.oidc.UNLINK));
    await chat.press(chat.button(words.oidc.UNLINK, page.locator("dialog")));
    await page.locator("dialog .error-card").waitFor();
    guest.settle();
  } finally {
    await guest.close();
  }
}

/// What went wrong at the service is said where people sign in.
async function saysWhatWentWrong(stage) {
  const guest = await Visitor.arrive(here.browser, here.server.url, { ...stage.look, reducedMotion: "reduce" });
  try {
    const { page } = guest;
    guest.allow(/status of 400/);
    await page.goto("/auth/callback?state=made-up&code=made-up");
    await page.waitForURL("**/auth/login");
    await page.locator(".error-card").waitFor();
    await isSound(guest);
    guest.settle();
  } finally {
    await guest.close();
  }
  const [{ id }] = (await here.admin.ok("GET", "/api/identity-providers")).items;
  await here.admin.ok("DELETE", `/api/identity-providers/${id}`);
}

const STORY = [
  ["sets a second factor up in the profile", setsUpInTheProfile],
  ["signs in with a recovery code", signsInWithARecoveryCode],
  ["turns it off with password and code", turnsItOff],
  ["is led to it by the rule", isLedToItByTheRule],
  ["sets a service up", setsAServiceUp],
  ["comes in through it", comesInThroughIt],
  ["says what went wrong", saysWhatWentWrong],
];

twice("signing in", STORY, async (look) => {
  const name = `bob-${look.size}`;
  await registerUser(here.admin, name);
  const stage = await people(here.browser, here.server.url, look, { ada: true, [name]: true });
  return { ...stage, name, bob: stage[name] };
});
