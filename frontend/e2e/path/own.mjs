// What people set for themselves: language, colours, password; and how they leave.
import assert from "node:assert/strict";
import { PASSWORD, until } from "../support.mjs";
import { trySignIn } from "./door.mjs";
import { words } from "./words.mjs";

const NEW_PASSWORD = "another horse, another battery";

async function openMenu({ chat, page }) {
  await page.goto("/");
  await chat.openList();
  await chat.press(page.locator("button.person"));
  return page.locator(".person-menu");
}

/// A choice of a row of choices.
const choose = ({ chat }, place, name) => chat.press(place.getByRole("radio", { name, exact: true }));

/// Another language speaks at once and after a reload, and so does the way back.
export async function switchesLanguage({ ada }) {
  const { page, look } = ada;
  const languages = { "zh-CN": "中文", "en-US": "English" };
  const other = Object.keys(languages).find((language) => language !== look.language);
  const menu = await openMenu(ada);
  await choose(ada, menu, languages[other]);
  await menu.getByText(words(other).chat.SIGN_OUT, { exact: true }).waitFor();
  await page.reload();
  await page.getByLabel(words(other).chat.MESSAGE, { exact: true }).waitFor();
  await page.goto("/settings/profile");
  await choose(ada, page, languages[look.language]);
  await page.getByText(ada.words.settings.PASSWORD_TEXT, { exact: true }).waitFor();
}

/// Colours change at once, stay after a reload, and follow the device again.
export async function switchesColours({ ada }) {
  const { page, words } = ada;
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  const other = ada.look.theme === "dark" ? words.common.THEME_LIGHT : words.common.THEME_DARK;
  await choose(ada, await openMenu(ada), other);
  await until("other colours", async () => (await ground()) !== before);
  const chosen = await ground();
  await page.reload();
  await page.locator(".composer").waitFor();
  assert.equal(await ground(), chosen, "the reload forgot the colours");
  await choose(ada, await openMenu(ada), words.common.THEME_SYSTEM);
  await until("the device's colours", async () => (await ground()) === before);
}

/// A new password signs out the other device, which enters with it and not with the old one.
export async function changesThePassword({ ada, second }) {
  const { chat, page, words } = ada;
  second.allow(/status of 40[01]|ERR_INCOMPLETE_CHUNKED/);
  await page.goto("/settings/profile");
  await chat.press(chat.button(words.settings.PASSWORD_CHANGE));
  await page.locator("#password-current").fill(PASSWORD);
  await page.locator("#password-new").fill(NEW_PASSWORD);
  await chat.press(chat.button(words.settings.PASSWORD_CHANGE, page.locator("dialog")));
  await page.getByText(words.settings.PASSWORD_CHANGED, { exact: true }).waitFor();
  await second.page.goto("/auth/login");
  await trySignIn(second, "ada");
  await second.page.getByRole("alert").waitFor();
  await trySignIn(second, "ada", NEW_PASSWORD);
  await second.page.locator(".composer").waitFor();
}

/// Who signs out is at the door, and stays there.
export async function signsOut({ ada }) {
  const { chat, page, words } = ada;
  const menu = await openMenu(ada);
  ada.allow(/status of 401|ERR_INCOMPLETE_CHUNKED/);
  await chat.press(menu.getByText(words.chat.SIGN_OUT, { exact: true }));
  await page.waitForURL("**/auth/login");
  await page.goto("/");
  await page.waitForURL("**/auth/login");
}
