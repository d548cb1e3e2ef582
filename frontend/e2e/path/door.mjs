// The door, through its pages: register, sign in, wait for approval.
import { PASSWORD } from "../support.mjs";

async function fillIn(visitor, username, password, button) {
  const { page, chat } = visitor;
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(password);
  await chat.press(page.locator(".door").getByRole("button", { name: button, exact: true }));
}

/// Registers the first account of a server, its administrator, who arrives where it is set up.
export async function registerFirst(visitor, username) {
  const { page, words } = visitor;
  await page.goto("/");
  await page.waitForURL("**/auth/register");
  await page.getByText(words.auth.SETUP_TEXT, { exact: true }).waitFor();
  await fillIn(visitor, username, PASSWORD, words.auth.REGISTER);
  await page.waitForURL("**/start");
}

/// Registers a further account, which then waits.
export async function register(visitor, username) {
  const { page, words } = visitor;
  await page.goto("/auth/register");
  await page.getByText(words.auth.APPROVAL_TEXT, { exact: true }).waitFor();
  await fillIn(visitor, username, PASSWORD, words.auth.REGISTER);
}

/// Types a name and a password and presses Sign in.
export async function trySignIn(visitor, username, password = PASSWORD) {
  await visitor.page.locator("#boot-door").waitFor({ state: "detached" });
  await fillIn(visitor, username, password, visitor.words.auth.SIGN_IN);
}

/// Signs in and arrives at the chat.
export async function signIn(visitor, username) {
  await visitor.page.goto("/auth/login");
  await trySignIn(visitor, username);
  await visitor.page.waitForURL((url) => url.pathname === "/");
  await visitor.page.locator(".composer, .no-model").first().waitFor();
}
