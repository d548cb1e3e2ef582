// A second person: registers, waits, is approved, sees nothing of others, is disabled.
import assert from "node:assert/strict";
import { register, signIn, trySignIn } from "./door.mjs";
import { sentences } from "./words.mjs";

const row = (visitor, name) => visitor.page.locator("li.row").filter({ has: visitor.page.getByText(name, { exact: true }) });

/// Who is rejected is told so at the door.
export async function isRejected({ ada, bob }) {
  const { chat, page, words } = ada;
  await register(bob, "eve");
  await bob.page.getByRole("heading", { name: bob.words.auth.PENDING_TITLE }).waitFor();
  await page.goto("/settings/people");
  await chat.press(chat.button(words.settings.REJECT, row(ada, "eve")));
  await chat.press(chat.button(words.settings.REJECT, page.getByRole("dialog")));
  await row(ada, "eve").getByText(words.settings.STATUS_REJECTED, { exact: true }).waitFor();
  bob.allow(/status of 403/);
  await bob.page.goto("/auth/login");
  await trySignIn(bob, "eve");
  await bob.page.getByRole("heading", { name: bob.words.auth.REJECTED_TITLE }).waitFor();
}

/// A further account waits, and a sign-in meanwhile says so.
export async function waits({ bob }) {
  const { page, words } = bob;
  await register(bob, "bob");
  await page.getByRole("heading", { name: words.auth.PENDING_TITLE }).waitFor();
  await page.getByText(words.auth.PENDING_TEXT, { exact: true }).waitFor();
  await bob.chat.press(page.getByRole("link", { name: words.auth.BACK_TO_SIGN_IN }));
  bob.allow(/status of 403/);
  await trySignIn(bob, "bob");
  await page.getByRole("heading", { name: words.auth.PENDING_TITLE }).waitFor();
}

/// The administrator approves, and the person signs in.
export async function isApproved({ ada, bob }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/people");
  await row(ada, "bob").getByText(words.settings.STATUS_PENDING, { exact: true }).waitFor();
  await chat.press(chat.button(words.settings.APPROVE, row(ada, "bob")));
  await row(ada, "bob").getByText(words.settings.STATUS_PENDING, { exact: true }).waitFor({ state: "detached" });
  await signIn(bob, "bob");
  await bob.chat.choose("echo");
  await bob.chat.send("hello from bob");
  await bob.chat.ended();
}

/// A chat of somebody else does not exist, and administrators' pages neither.
export async function seesNothingOfOthers({ ada, bob }) {
  const [foreign] = (await ada.api("/api/sessions")).items;
  bob.allow(/status of 404/);
  await bob.page.goto(`/c/${foreign.id}`);
  const { message } = sentences({ code: "chat.not_found" }, bob.look.language);
  await bob.page.getByText(message, { exact: true }).waitFor();
  const titles = (await bob.api("/api/sessions")).items.map(({ id }) => id);
  assert.equal(titles.includes(foreign.id), false);
  await bob.page.goto("/settings/people");
  await bob.page.getByText(bob.words.common.NOT_FOUND, { exact: true }).first().waitFor();
}

/// Disabling signs the person out at once, and the door says why.
export async function isDisabled({ ada, bob }) {
  const { chat, page, words } = ada;
  await bob.page.goto("/");
  await bob.chat.box.waitFor();
  await chat.press(chat.button(words.settings.PERSON_ACTIONS.replace("{name}", "bob")));
  await chat.press(page.getByRole("menuitem", { name: words.settings.DISABLE, exact: true }));
  await chat.press(chat.button(words.settings.DISABLE, page.getByRole("dialog")));
  await row(ada, "bob").getByText(words.settings.STATUS_DISABLED, { exact: true }).waitFor();
  bob.allow(/status of 40[13]|ERR_INCOMPLETE_CHUNKED/);
  await bob.page.waitForURL("**/auth/login");
  const { message } = sentences({ code: "auth.disabled" }, bob.look.language);
  await bob.page.getByText(message, { exact: true }).waitFor();
}
