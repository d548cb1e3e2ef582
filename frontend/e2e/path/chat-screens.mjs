// Screens of the chat that open from something in it: what a message is made of, its editor and facts, what is offered while
// one types, order among chats.
import { DIAGRAM } from "../blocks/texts.mjs";
import { chatOf, ofAnswer, ofChat, page } from "./arrange.mjs";

const WIDE = [
  `| ${["名称", "Price", "Region 地区", "Context", "Output", "Remarks, and what else there is to say", "Date", "Source"].join(" | ")} |`,
  `|${"---|".repeat(8)}`,
  ...["苹果", "pear", "plum"].map((name, row) => `| ${name} | ${row}.25 | Europe 欧洲 | 128,000 | 8,192 | a sentence that is long enough to need a line of its own | 2026-12-0${row + 1} | https://example.com/a/very/long/address |`),
].join("\n");
const PAGE = "```html\n<!doctype html><html lang=\"en\"><title>Ferry</title><h1>Ferry 渡轮</h1><p>Leaves at seven.</p></html>\n```";

/// What the chats of these screens are made of; gives their addresses.
export async function prepare(admin) {
  const { sessionId: blocks } = await admin.ok("POST", "/api/chat", { content: `${DIAGRAM}\n\n${WIDE}\n\n${PAGE}`, model: "echo" });
  const { sessionId: archived } = await admin.ok("POST", "/api/chat", { content: "An old plan, 旧计划", model: "ok" });
  await admin.ok("PATCH", `/api/sessions/${archived}`, { archived: true });
  await admin.ok("POST", "/api/folders", { name: "Release 发布" });
  await admin.ok("POST", "/api/folders", { name: "A folder with a name that is too long for its line in the list" });
  for (const [key, value] of [["personal_connections", true], ["runs_per_user", 100]]) {
    await admin.ok("PUT", `/api/settings/system/${key}`, { value });
  }
  return { blocks: `/c/${blocks}` };
}

/// A diagram and a page as they look, and a table that is wider than the column.
async function blocks(visitor, stage) {
  await chatOf("blocks")(visitor, stage);
  const [diagram, preview] = [visitor.chat.last.locator("figure.code").first(), visitor.chat.last.locator("figure.code").last()];
  await diagram.and(visitor.page.locator(".previewing")).waitFor();
  await visitor.chat.last.locator(".table-tools").waitFor();
  await visitor.chat.press(visitor.chat.button(visitor.words.blocks.PREVIEW, preview));
  await preview.and(visitor.page.locator(".previewing")).waitFor();
}

async function search({ chat, page, words }) {
  await page.goto("/");
  await page.locator("button.model-chip").waitFor();
  if (chat.isPhone) {
    await chat.openList();
    await chat.press(page.locator(".sidebar-search"));
  } else {
    await page.keyboard.press("Control+K");
  }
  await page.getByRole("combobox", { name: words.search.SEARCH_CHATS, exact: true }).fill("cache");
  await page.locator(".search-dialog .hit mark").first().waitFor();
}

async function editor(visitor, stage) {
  await chatOf("thinking")(visitor, stage);
  await ofAnswer(visitor, visitor.words.chat.EDIT);
  await visitor.page.getByLabel(visitor.words.messages.EDIT_TEXT, { exact: true }).waitFor();
}

async function facts(visitor, stage) {
  await chatOf("long-zh")(visitor, stage);
  await ofAnswer(visitor, visitor.words.chat.INFORMATION);
  await visitor.page.locator(".facts dd").first().waitFor();
}

async function lightbox(visitor, stage) {
  await chatOf("files", ".picture img")(visitor, stage);
  await visitor.chat.press(visitor.page.locator("a.picture").first());
  const view = visitor.page.getByRole("dialog", { name: visitor.words.blocks.PICTURE, exact: true });
  await view.locator(".view-image").waitFor();
}

/// What is offered after a sign in the text box.
const offered = (sign) => async (visitor, stage) => {
  await chatOf("long-en")(visitor, stage);
  await visitor.chat.box.fill("");
  await visitor.chat.box.pressSequentially(sign);
  await visitor.page.locator(".suggest-row").nth(3).waitFor();
};

/// Messages that wait behind an answer that is being written.
async function queue(visitor) {
  const { chat, page, words } = visitor;
  const { sessionId } = await visitor.api("/api/chat/runs", { method: "POST", body: { content: "Another slow one, 慢慢来", model: "stall-after-5" } });
  await page.goto(`/c/${sessionId}`);
  await chat.begun("w4");
  for (const text of ["And then, 然后呢？", "A longer one that does not fit into a single line of the list above the text box, whatever its width is"]) {
    await chat.box.fill(text);
    await (chat.isPhone ? chat.press(chat.button(words.composer.QUEUE)) : chat.box.press("Enter"));
    await page.locator(".waiting-row").filter({ hasText: text }).waitFor();
  }
}

async function tall(visitor, stage) {
  await chatOf("long-zh")(visitor, stage);
  await visitor.chat.box.fill("One line, 一行。\n".repeat(40));
  await visitor.chat.press(visitor.chat.button(visitor.words.composer.TALL));
  await visitor.page.locator(".dock.tall").waitFor();
}

async function newFolder({ chat, page, words }) {
  await page.goto("/");
  await chat.openList();
  await chat.press(chat.button(words.organize.LIST_MENU, page.locator(".sidebar")));
  await chat.press(page.getByRole("menuitem", { name: words.organize.NEW_FOLDER, exact: true }));
  await page.locator("dialog #folder-name").waitFor();
}

async function moveTo(visitor, stage) {
  await chatOf("long-zh")(visitor, stage);
  await ofChat(visitor, visitor.words.organize.MOVE);
  await visitor.page.locator("dialog .move-rows button").nth(1).waitFor();
}

async function tags(visitor, stage) {
  await chatOf("long-zh")(visitor, stage);
  await ofChat(visitor, visitor.words.organize.TAGS);
  await visitor.page.locator("dialog #tag").fill("渡轮");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.locator("dialog .tag-chip").first().waitFor();
}

async function temporary({ chat, page, words }) {
  await page.goto("/");
  await page.locator("button.model-chip").waitFor();
  if (chat.isPhone) await chat.press(chat.button(words.organize.TEMPORARY));
  else await page.keyboard.press("Control+Shift+Quote");
  await page.locator(".kind-mark").waitFor();
}

const full = { server: "full", as: "ada" };

export const CHAT_SCREENS = [
  { ...full, name: "blocks", go: blocks, keyboard: true },
  { ...full, name: "search", go: search, keyboard: true },
  { ...full, name: "archive", go: page("/archive", ".archive .chat-row"), keyboard: true },
  { ...full, name: "editor", go: editor, keyboard: true },
  { ...full, name: "facts", go: facts },
  { ...full, name: "lightbox", go: lightbox, keyboard: true },
  { ...full, name: "commands", go: offered("/") },
  // The arrow keys of the text box, which keeps the focus, scroll this list: Deque's rule knows that of other fields only.
  { ...full, name: "models-offered", go: offered("@"), except: "scrollable-region-focusable" },
  { ...full, name: "queue", go: queue, keyboard: true },
  { ...full, name: "tall", go: tall, keyboard: true },
  { ...full, name: "new-folder", go: newFolder, keyboard: true },
  { ...full, name: "move", go: moveTo, keyboard: true },
  { ...full, name: "tags", go: tags, keyboard: true },
  { ...full, name: "temporary", go: temporary, keyboard: true },
  { ...full, name: "my-connections", go: page("/settings/my-connections", ".empty"), keyboard: true },
];
