// What people do every day with whole chats, and with what is theirs: keys, devices, looks, data.
import { Caller, PASSWORD, until } from "../support.mjs";
import { fill } from "../path/words.mjs";
import { held, inChat, inNew, opened } from "./stage.mjs";

const titled = (ada, title) => ada.page.locator(".sidebar .chat-row").filter({ has: ada.page.locator(".chat-title", { hasText: title }) });

/// An action of a chat in the list; its button shows under the pointer.
async function ofRow({ ada, hand }, title, action) {
  const row = titled(ada, title);
  await row.hover();
  await hand.click(ada.chat.button(fill(ada.words.chat.ROW_ACTIONS, { title }), row));
  await hand.click(ada.page.getByRole("menuitem", { name: action, exact: true }));
}

/// A chat in the list with this title, and a new one on the screen.
async function listed(ada, title) {
  const id = await held(ada, ["hello"]);
  await ada.api(`/api/sessions/${id}`, { method: "PATCH", body: { title } });
  await inNew(ada);
  await titled(ada, title).waitFor();
  return id;
}

const stored = (ada, id) => ada.api(`/api/sessions/${id}`);
const undo = ({ ada, hand }) => hand.click(ada.chat.button(ada.words.common.UNDO).last());

export const CHATS = {
  async "begin a new chat"({ ada, hand }) {
    await inChat(ada, ["hello"]);
    await hand.start();
    await hand.key("Control+Shift+O");
    await ada.page.locator(".welcome").waitFor();
  },

  async "begin a chat that leaves no trace"({ ada, hand }) {
    await inNew(ada);
    await hand.start();
    await hand.key("Control+Shift+Quote");
    await ada.page.getByText(ada.words.organize.TEMPORARY_MARK, { exact: true }).waitFor();
    return () => ada.chat.press(ada.chat.button(ada.words.composer.TEMPORARY_LEAVE));
  },

  async "find an old answer"({ ada, hand }) {
    const id = await held(ada, ["The lighthouse keeper's almanac"]);
    await until("it is indexed", async () => (await ada.api("/api/search?q=almanac")).items.length === 1);
    await inNew(ada);
    await hand.start();
    await hand.key("Control+K");
    await hand.write("almanac", ada.page.getByRole("combobox", { name: ada.words.search.SEARCH_CHATS, exact: true }));
    await ada.page.locator(".search-dialog .hit mark").first().waitFor();
    await hand.key("Enter");
    await until("the chat", () => ada.chat.sessionId === id);
  },

  async "give a chat another title"({ ada, hand }) {
    const id = await inChat(ada, ["hello"]);
    await hand.start();
    await hand.click(ada.page.locator("button.head-title"));
    await hand.click(ada.page.getByRole("menuitem", { name: ada.words.chat.RENAME, exact: true }));
    await hand.write("Notes 笔记", ada.page.getByLabel(ada.words.chat.TITLE, { exact: true }));
    await hand.key("Enter");
    await until("stored", async () => (await stored(ada, id)).title === "Notes 笔记");
  },

  async "pin a chat"({ ada, hand }) {
    const id = await listed(ada, "to be pinned");
    await hand.start();
    await ofRow({ ada, hand }, "to be pinned", ada.words.organize.PIN);
    await until("stored", async () => (await stored(ada, id)).pinnedAt);
  },

  async "put a chat into a folder"({ ada, hand }) {
    const folder = await ada.api("/api/folders", { method: "POST", body: { name: "Work" } });
    const id = await listed(ada, "to be filed");
    await hand.start();
    await ofRow({ ada, hand }, "to be filed", ada.words.organize.MOVE);
    await hand.click(ada.page.locator(".move-rows button", { hasText: "Work" }));
    await until("stored", async () => (await stored(ada, id)).folderId === folder.id);
  },

  async "give a chat a tag"({ ada, hand }) {
    const id = await listed(ada, "to be tagged");
    await hand.start();
    await ofRow({ ada, hand }, "to be tagged", ada.words.organize.TAGS);
    await hand.write("渡轮", ada.page.locator("#tag"));
    await hand.click(ada.chat.button(ada.words.common.SAVE));
    await until("stored", async () => (await stored(ada, id)).tags?.includes("渡轮"));
  },

  async "archive a chat and bring it back"({ ada, hand }) {
    const id = await listed(ada, "to be archived");
    await hand.start();
    await ofRow({ ada, hand }, "to be archived", ada.words.organize.ARCHIVE_CHAT);
    await until("stored", async () => (await stored(ada, id)).archivedAt);
    await undo({ ada, hand });
    await until("stored", async () => !(await stored(ada, id)).archivedAt);
  },

  async "delete a chat and take that back"({ ada, hand }) {
    const id = await inChat(ada, ["hello"]);
    await hand.start();
    await hand.key("Control+Shift+Backspace");
    await ada.page.locator(".welcome").waitFor();
    await undo({ ada, hand });
    await until("it is back", () => ada.chat.sessionId === id);
  },

  async "tell a chat how to answer"({ ada, hand }) {
    const id = await inChat(ada, ["hello"]);
    await hand.start();
    await hand.click(ada.chat.button(ada.words.composer.TUNE));
    await hand.write("Be brief.", ada.page.locator("dialog #instructions"));
    await hand.click(ada.chat.button(ada.words.common.SAVE, ada.page.locator("dialog")));
    await until("stored", async () => (await stored(ada, id)).hasInstructions);
  },
};

/// A choice of the person's menu, which opens from the foot of the list.
async function inMenu({ ada, hand }, name) {
  await hand.click(ada.page.locator("button.person"));
  await hand.click(ada.page.locator(".person-menu").getByRole("radio", { name, exact: true }));
}

/// A page of the settings, by the shortcut and the index.
async function section({ ada, hand }, name) {
  await hand.key("Control+.");
  await ada.page.locator(".settings-index").waitFor();
  await hand.click(ada.page.locator(".settings-index").getByRole("link", { name, exact: true }));
}

export const OWN = {
  async "see what the models cost me"({ ada, hand }) {
    await opened(ada, await held(ada, ["hello"]));
    await hand.start();
    await section({ ada, hand }, ada.words.usage.USAGE);
    await ada.page.locator(".usage-bars").waitFor();
  },

  async "make a key for a program"({ ada, hand }) {
    await inNew(ada);
    await hand.start();
    await section({ ada, hand }, ada.words.keys.KEYS);
    await hand.click(ada.chat.button(ada.words.keys.NEW));
    await hand.write("Notes", ada.page.locator("dialog #key-name"));
    await hand.key("Enter");
    await ada.page.locator("dialog .given").first().waitFor();
  },

  async "switch to dark colours"({ ada, hand }) {
    await inNew(ada);
    const ground = () => ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await ground();
    await hand.start();
    await inMenu({ ada, hand }, ada.words.common.THEME_DARK);
    await until("other colours", async () => (await ground()) !== before);
    return () => ada.page.locator(".person-menu").getByRole("radio", { name: ada.words.common.THEME_SYSTEM, exact: true }).click();
  },

  async "switch to Chinese"({ ada, hand }) {
    await inNew(ada);
    const speaks = (language) => until(language, () => ada.page.evaluate((language) => document.documentElement.lang.startsWith(language), language));
    await hand.start();
    await inMenu({ ada, hand }, "中文");
    await speaks("zh");
    return async () => {
      await ada.page.locator(".person-menu").getByRole("radio", { name: "English", exact: true }).click();
      await speaks("en");
    };
  },

  async "sign out another device"({ ada, hand }) {
    const credentials = { username: "ada", password: PASSWORD, tokens: true };
    await new Caller(ada.base).ok("POST", "/api/auth/login", credentials);
    await inNew(ada);
    const devices = async () => (await ada.api("/api/auth/logins")).items.length;
    const before = await devices();
    await hand.start();
    await hand.key("Control+.");
    await hand.click(ada.chat.button(ada.words.people.END).first());
    await until("one device less", async () => (await devices()) === before - 1);
  },

  async "take everything of mine along"({ ada, hand }) {
    await inNew(ada);
    await hand.start();
    await hand.key("Control+.");
    const file = ada.page.waitForEvent("download");
    await hand.click(ada.chat.button(ada.words.leaving.EXPORT_DO));
    await (await file).path();
  },

  async "find a setting"({ ada, hand }) {
    await inNew(ada);
    await hand.start();
    await hand.key("Control+.");
    await hand.click(ada.page.locator(".settings-search input"));
    await hand.write("regist", ada.page.locator(".settings-search input"));
    await hand.click(ada.page.locator(".settings-index a[href='/settings/system#registration']"));
    await ada.page.locator("#registration").waitFor();
  },

  async "let somebody in who waits"({ ada, hand }) {
    await new Caller(ada.base).ok("POST", "/api/auth/register", { username: "bob", password: PASSWORD, tokens: true });
    await inNew(ada);
    const bob = ada.page.locator("li.row").filter({ has: ada.page.getByText("bob", { exact: true }) });
    await hand.start();
    await hand.click(ada.page.locator("button.person"));
    await hand.click(ada.page.locator(".person-menu").getByRole("link", { name: ada.words.chat.PEOPLE, exact: true }));
    await hand.click(ada.chat.button(ada.words.settings.APPROVE, bob));
    await bob.getByText(ada.words.settings.STATUS_PENDING, { exact: true }).waitFor({ state: "detached" });
  },
};
