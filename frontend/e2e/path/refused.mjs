// What the server refuses is said where it was asked for, undone on the screen, and can be asked for again.
import { until } from "../support.mjs";
import { signIn } from "./door.mjs";
import { act, talk } from "./list.mjs";
import { LOST } from "./outage.mjs";
import { sentences } from "./words.mjs";

/// Lets the server answer calls of this method with an internal error, as long as `during` takes.
async function refusing({ page, ...visitor }, method, during) {
  const body = JSON.stringify({ code: "internal", message: "no", requestId: "r-1" });
  const refuse = (route) =>
    route.request().method() === method ? route.fulfill({ status: 500, contentType: "application/json", body }) : route.continue();
  await page.route("**/api/sessions/**", refuse);
  await during();
  await page.locator(".chat > .error-card").getByText(sentences({ code: "internal" }, visitor.look.language).message).waitFor();
  await page.unroute("**/api/sessions/**", refuse);
}

const card = ({ page }) => page.locator(".chat > .error-card");

/// A title, a deletion and its undo that did not work: each is said, and Retry has it after all.
export async function isTold({ ada }) {
  const { chat, page, words } = ada;
  ada.allow(/status of 500/);
  const again = () => chat.press(chat.button(words.common.RETRY, card(ada)));
  await talk(ada, "to be refused");
  await refusing(ada, "PATCH", async () => {
    await act(ada, "to be refused", words.chat.RENAME);
    await page.getByLabel(words.chat.TITLE, { exact: true }).fill("another title");
    await page.keyboard.press("Enter");
  });
  await ada.picture(`refused-${ada.look.size}`);
  await page.locator(".head-title", { hasText: "to be refused" }).waitFor();
  await again();
  await page.locator(".head-title", { hasText: "another title" }).waitFor();
  await card(ada).waitFor({ state: "detached" });
  const id = chat.sessionId;
  await chat.box.fill("not lost");
  await refusing(ada, "DELETE", () => act(ada, "another title", words.chat.DELETE));
  await chat.row("another title").waitFor({ state: "attached" });
  await page.goto(`/c/${id}`);
  await until("the draft", async () => (await chat.box.inputValue()) === "not lost");
  await refusing(ada, "POST", async () => {
    await act(ada, "another title", words.chat.DELETE);
    await chat.press(chat.button(words.common.UNDO));
  });
  await again();
  await until("the chat is back", () => chat.sessionId === id);
  await until("the draft", async () => (await chat.box.inputValue()) === "not lost");
  await chat.box.fill("");
}

/// Whoever could not be signed out is told so, and stays until it works; then no tab of the browser stays behind.
export async function signsOut({ ada, second, bob, line }) {
  const { chat, context, page, words } = second;
  for (const device of [ada, second, bob]) device.allow(LOST);
  const other = await context.newPage();
  await other.goto("/");
  await other.locator(".composer").waitFor();
  await page.goto("/");
  await chat.openList();
  await chat.press(page.locator("button.person"));
  // The menu may have to be fetched first.
  await chat.button(words.chat.SIGN_OUT).waitFor();
  await line.cut();
  await chat.button(words.chat.SIGN_OUT).click();
  await card(second).getByText(words.common.OFFLINE, { exact: true }).waitFor();
  await line.mend();
  await page.locator(".strip").waitFor({ state: "detached" });
  await chat.press(chat.button(words.common.RETRY, card(second)));
  second.allow(/status of 401|ERR_INCOMPLETE_CHUNKED/);
  await page.waitForURL("**/auth/login");
  await other.waitForURL("**/auth/login");
  await other.close();
  await page.reload();
  await page.locator("#username").waitFor();
  await signIn(second, "ada");
}
