// Every screen of the client, and how to get there. Each arrangement ends when the screen is complete.
import { PASSWORD, connect, registerAdmin, registerUser, startAichat, startMock, Caller } from "../support.mjs";
import { trySignIn } from "./door.mjs";
import { words } from "./words.mjs";

/// Four servers: nobody has set up the first, the second has no model, the third has the demo, the fourth is lived in.
export async function servers() {
  const running = [];
  const stop = async () => {
    for (const server of running.reverse()) await server.stop();
  };
  const start = async (starting) => running[running.push(await starting) - 1];
  try {
    const mock = await start(startMock());
    const servers = { fresh: await start(startAichat()), bare: await start(startAichat()) };
    Object.assign(servers, { tried: await start(startAichat()), full: await start(startAichat()) });
    const [, tried, admin] = await Promise.all([servers.bare, servers.tried, servers.full].map(({ url }) => registerAdmin(url)));
    await connect(admin, mock, []);
    await tried.ok("POST", "/api/connections/demo");
    const bob = await registerUser(admin, "bob");
    await bob.ok("POST", "/api/chat", { content: "hello", model: "ok" });
    for (const username of ["carol", "王小明"]) {
      await new Caller(servers.full.url).ok("POST", "/api/auth/register", { username, password: PASSWORD, tokens: true });
    }
    const chats = { ...(await talk(admin)), demo: await demoChats(tried) };
    return { ...servers, mock, chats, stop };
  } catch (error) {
    // Programs that are left running would keep the suite from ending.
    await stop();
    throw error;
  }
}

/// One chat for each thing that can be seen in one; gives the addresses.
async function talk(admin) {
  const said = [
    ["long-zh", "用 Rust 写一个小型缓存，并解释取舍", "canned-zh"],
    ["long-en", "Write a small cache in Rust and explain the trade-offs", "canned-en"],
    ["thinking", "Think first, 先想一想", "thinking"],
    ["error", "请总结这篇文章 and translate it", "429"],
    ["cut", "Name two reasons, 说两个理由", "cut"],
  ];
  const chats = {};
  for (const [name, content, model] of said) {
    const { body } = await admin.send("POST", "/api/chat", { content, model });
    chats[name] = `/c/${body.sessionId}`;
  }
  const run = await admin.ok("POST", "/api/chat/runs", { content: "A slow one, 慢慢来", model: "stall-after-5" });
  chats.streaming = `/c/${run.sessionId}`;
  return chats;
}

/// The demo's answer in both languages, by language; it is being written while other screens are looked at.
async function demoChats(tried) {
  const chats = {};
  for (const language of ["en-US", "zh-CN"]) {
    const run = await tried.ok("POST", "/api/chat/runs", { content: words(language).chat.STARTER_EXPLAIN_TEXT });
    chats[language] = `/c/${run.sessionId}`;
  }
  return chats;
}

/// Comes back when the screen was drawn.
export const settled = (visitor) =>
  visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/// Opens a stored chat and waits for its end.
const chatOf = (name, ready) => async (visitor, { chats }) => {
  await visitor.page.goto(chats[name]);
  await visitor.page.locator(ready).last().waitFor();
  await visitor.page.locator(".head-title span").first().waitFor();
};

const page = (address, ready) => async (visitor) => {
  await visitor.page.goto(address);
  await visitor.page.locator(ready).first().waitFor();
};

/// The wizard's second step with the result of the check.
async function wizardChecked(visitor, { mock }) {
  const { chat, page, words } = visitor;
  await page.goto("/settings/connections?new=1");
  await chat.press(page.locator("a.vendor").filter({ hasText: words.connections.OTHER_NOTE }));
  await page.locator("#connect-url").fill(mock.url);
  await chat.press(chat.button(words.connections.CHECK));
  await page.locator(".model-choice").waitFor();
}

/// The wizard's second step after a check that failed.
async function wizardFailed(visitor) {
  const { chat, page, words } = visitor;
  await page.goto("/settings/connections?new=1");
  await chat.press(page.locator("a.vendor").filter({ hasText: words.connections.OTHER_NOTE }));
  await page.locator("#connect-url").fill("http://127.0.0.1:9/v1");
  await chat.press(chat.button(words.connections.CHECK));
  await page.locator(".step-bad .error-card").waitFor();
}

async function picker(visitor) {
  await visitor.page.goto("/");
  await visitor.chat.press(visitor.page.locator("button.model-chip"));
  await visitor.page.locator(".picker-row").nth(5).waitFor();
}

async function drawer(visitor, stage) {
  await chatOf("long-zh", ".actions button")(visitor, stage);
  await visitor.chat.openList();
  await visitor.page.locator(".chat-row").first().waitFor();
}

async function personMenu(visitor) {
  await visitor.page.goto("/");
  await visitor.chat.openList();
  await visitor.chat.press(visitor.page.locator("button.person"));
  await visitor.page.locator(".person-choices").waitFor();
}

async function thoughts(visitor, stage) {
  await chatOf("thinking", ".actions button")(visitor, stage);
  await visitor.chat.press(visitor.page.locator(".reasoning-line"));
  await visitor.page.locator(".reasoning-body .markdown").waitFor();
}

async function errorDetails(visitor, stage) {
  await chatOf("error", ".error-card")(visitor, stage);
  await visitor.chat.press(visitor.page.locator(".error-more"));
}

async function passwordDialog(visitor) {
  await visitor.page.goto("/settings/profile");
  await visitor.chat.press(visitor.chat.button(visitor.words.settings.PASSWORD_CHANGE, visitor.page.locator("#password")));
  await visitor.page.locator("dialog #password-new").waitFor();
}

async function refused(visitor) {
  visitor.allow(/status of 401/);
  await visitor.page.goto("/auth/login");
  await trySignIn(visitor, "nobody", "a wrong password");
  await visitor.page.locator(".error-card").waitFor();
}

async function demo(visitor, { chats }) {
  await visitor.page.goto(chats.demo[visitor.look.language]);
  await visitor.chat.ended();
}

/// Server, who looks, name, arrangement. `keyboard` marks those that are gone through with Tab.
export const SCREENS = [
  { server: "fresh", name: "register", go: page("/auth/register", "#password") },
  { server: "full", name: "sign-in", go: page("/auth/login", "#username"), keyboard: true },
  { server: "full", name: "sign-in-refused", go: refused },
  { server: "full", name: "pending", go: page("/auth/pending", ".door-text") },
  { server: "bare", as: "ada", name: "no-model", go: page("/", ".no-model"), keyboard: true },
  { server: "bare", as: "ada", name: "connections-none", go: page("/settings/connections", ".empty") },
  { server: "tried", as: "ada", name: "demo", go: demo },
  { server: "full", as: "ada", name: "greeting", go: page("/", ".starters"), keyboard: true },
  { server: "full", as: "ada", name: "long-zh", go: chatOf("long-zh", ".actions button") },
  { server: "full", as: "ada", name: "long-en", go: chatOf("long-en", ".actions button"), keyboard: true },
  { server: "full", as: "ada", name: "streaming", go: chatOf("streaming", ".answer .markdown") },
  { server: "full", as: "ada", name: "thinking", go: thoughts },
  { server: "full", as: "ada", name: "error", go: chatOf("error", ".error-card"), keyboard: true },
  { server: "full", as: "ada", name: "error-details", go: errorDetails },
  { server: "full", as: "ada", name: "cut", go: chatOf("cut", ".error-card") },
  { server: "full", as: "ada", name: "list", go: drawer, keyboard: true },
  { server: "full", as: "ada", name: "person-menu", go: personMenu },
  { server: "full", as: "ada", name: "picker", go: picker },
  { server: "full", as: "ada", name: "settings", go: page("/settings", ".settings-index") },
  { server: "full", as: "ada", name: "profile", go: page("/settings/profile", ".person-head"), keyboard: true },
  { server: "full", as: "ada", name: "password", go: passwordDialog },
  { server: "full", as: "ada", name: "connections", go: page("/settings/connections", ".row-title"), keyboard: true },
  { server: "full", as: "ada", name: "wizard", go: page("/settings/connections?new=1", ".vendor") },
  { server: "full", as: "ada", name: "wizard-checked", go: wizardChecked, keyboard: true },
  { server: "full", as: "ada", name: "wizard-failed", go: wizardFailed },
  { server: "full", as: "ada", name: "people", go: page("/settings/people", ".row-title"), keyboard: true },
  { server: "full", as: "ada", name: "system", go: page("/settings/system", ".setting-line"), keyboard: true },
  { server: "full", as: "ada", name: "not-found", go: page("/nothing/here", "main h1, main p") },
];

/// Arranges a screen for somebody who is at the door or signed in, as it wants.
export async function arrange(visitor, screen, stage) {
  await screen.go(visitor, stage);
  await settled(visitor);
}
