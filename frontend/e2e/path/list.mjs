// What can be done with a whole chat: rename, delete and take it back, leave a draft in it.
import assert from "node:assert/strict";
import { until } from "../support.mjs";
import { fill } from "./words.mjs";

/// Opens the actions of the chat on the screen and chooses one: in the list on a large screen, under the title on a phone.
export async function act(visitor, title, name) {
  const { chat, page, words } = visitor;
  if (chat.isPhone) {
    await chat.press(page.locator("button.head-title"));
  } else {
    await chat.row(title).hover();
    await chat.button(fill(words.chat.ROW_ACTIONS, { title }), chat.row(title)).click();
  }
  await chat.press(page.getByRole("menuitem", { name, exact: true }));
}

export async function talk(visitor, text) {
  const { chat } = visitor;
  await chat.fresh();
  await chat.choose("echo");
  await chat.send(text);
  await chat.ended();
}

/// Waits until the server's list has, or no longer has, a chat.
const listed = (visitor, id, wanted) =>
  until(`the list ${wanted ? "has" : "lost"} the chat`, async () => {
    const { items } = await visitor.api("/api/sessions");
    return items.some((session) => session.id === id) === wanted;
  });

/// A new title stands in the list of both devices, and is stored.
export async function renames({ ada, second }) {
  const { chat, page, words } = ada;
  await talk(ada, "a title of its own");
  await act(ada, "a title of its own", words.chat.RENAME);
  await page.getByLabel(words.chat.TITLE, { exact: true }).fill("缓存 Notes");
  await page.keyboard.press("Enter");
  await page.locator(".head-title", { hasText: "缓存 Notes" }).waitFor();
  await second.chat.row("缓存 Notes").waitFor({ state: "attached" });
  assert.equal((await ada.api(`/api/sessions/${chat.sessionId}`)).title, "缓存 Notes");
}

/// Deleting leaves the chat at once and can be taken back, with what was typed in it and not sent.
export async function deletes({ ada, second }) {
  const { chat, page, words } = ada;
  const id = chat.sessionId;
  await chat.box.fill("a draft，草稿");
  await act(ada, "缓存 Notes", words.chat.DELETE);
  await page.locator(".welcome").waitFor();
  assert.equal(await chat.box.inputValue(), "", "the draft follows into another chat");
  await listed(ada, id, false);
  await second.chat.row("缓存 Notes").waitFor({ state: "detached" });
  await chat.press(chat.button(words.common.UNDO));
  await until("the chat is back", () => chat.sessionId === id);
  await chat.begun("a title of its own");
  await second.chat.row("缓存 Notes").waitFor({ state: "attached" });
  await listed(ada, id, true);
  await until("the draft", async () => (await chat.box.inputValue()) === "a draft，草稿");
  await chat.box.fill("");
}

/// On a phone Back closes what lies above the chat, one thing after the other, and only then leaves the chat.
export async function closesWithBack({ ada }) {
  const { chat, page, words } = ada;
  const address = page.url();
  const [sheet, drawer] = [page.locator(".popover"), page.locator(".app.drawn")];
  const back = () => page.evaluate(() => history.back());
  await chat.press(page.locator("button.model-chip"));
  await sheet.waitFor();
  await back();
  await sheet.waitFor({ state: "detached" });
  await chat.openList();
  await chat.press(page.locator("button.person"));
  await sheet.waitFor();
  await back();
  await sheet.waitFor({ state: "detached" });
  await drawer.waitFor();
  await back();
  await drawer.waitFor({ state: "detached" });
  assert.equal(page.url(), address);
  // What is closed by hand leaves nothing behind that Back would have to step over.
  await page.goto("/settings/profile");
  await chat.press(chat.button(words.settings.PASSWORD_CHANGE));
  await page.locator("dialog[open]").waitFor();
  await chat.press(chat.button(words.common.CANCEL));
  await until("the entry is gone", () => page.evaluate(() => history.state === null));
  await back();
  await until("the chat", () => page.url() === address);
  await chat.box.waitFor();
}

/// Undo pressed while the deletion is still on its way reaches the server after it, and so has the last word.
export async function undoesAtOnce({ ada }) {
  const { chat, page, words } = ada;
  const id = chat.sessionId;
  const sent = [];
  page.on("request", (request) => request.url().includes(id) && request.method() !== "GET" && sent.push(request.method()));
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(`**/api/sessions/${id}`, async (route) => {
    if (route.request().method() === "DELETE") await released;
    await route.continue();
  });
  await act(ada, "缓存 Notes", words.chat.DELETE);
  await chat.press(chat.button(words.common.UNDO));
  await until("the deletion", () => sent.length === 1);
  // Whatever was to be sent beside it would be on its way by the second frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(sent, ["DELETE"], "the undo overtakes the deletion");
  release();
  await until("the chat is back", () => chat.sessionId === id);
  assert.deepEqual(sent, ["DELETE", "POST"]);
  await listed(ada, id, true);
  await page.unroute(`**/api/sessions/${id}`);
}

/// What was typed and not sent is there after a reload, in its own chat.
export async function keepsDrafts({ ada }) {
  const { chat, page } = ada;
  const id = chat.sessionId;
  await chat.box.fill("half a thought，还没写完");
  await page.reload();
  await until("the draft", async () => (await chat.box.inputValue()) === "half a thought，还没写完");
  await chat.fresh();
  assert.equal(await chat.box.inputValue(), "", "the draft follows into another chat");
  await page.goto(`/c/${id}`);
  await until("the draft", async () => (await chat.box.inputValue()) === "half a thought，还没写完");
  await chat.box.fill("");
}
