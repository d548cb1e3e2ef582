// Every screen of the client, and how to get there. Each arrangement ends when the screen is complete.
import { after, before } from "node:test";
import { PASSWORD, connect, launch, registerAdmin, registerUser, startAichat, startMock, Caller } from "../support.mjs";
import { arrived, attached, notes, pick, png, program } from "../files/make.mjs";
import { chatOf, page, settled } from "./arrange.mjs";
import { CHAT_SCREENS, prepare } from "./chat-screens.mjs";
import { trySignIn } from "./door.mjs";
import { words } from "./words.mjs";

export { settled };

/// A browser and the servers of all screens, from before the first test of a file until after its last one.
export function screened() {
  const here = {};
  before(async () => {
    [here.browser, here.stage] = await Promise.all([launch(), servers()]);
  });
  after(async () => {
    await here.browser?.close();
    await here.stage?.stop();
  });
  return here;
}

/// Four servers: nobody has set up the first, the second has no model, the third has the demo, the fourth is lived in.
async function servers() {
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
    const chats = { ...(await talk(admin)), ...(await prepare(admin)), demo: await demoChats(tried) };
    await budgets(admin, bob);
    const { code: invitation } = await admin.ok("POST", "/api/admin/invitations", { days: 7, uses: 5 });
    return { ...servers, mock, chats, invitation, stop };
  } catch (error) {
    // Programs that are left running would keep the suite from ending.
    await stop();
    throw error;
  }
}

/// Budgets that nobody meets: for each person, for one, where it is off, and for everybody together.
async function budgets(admin, bob) {
  const rules = [
    { subject: { kind: "each" }, unit: "tokens", window: "day", limit: 2_000_000 },
    { subject: { kind: "person", userId: bob.user.id }, unit: "requests", window: "month", limit: 5, enabled: false },
    { subject: { kind: "everyone" }, unit: "money", window: "total", limit: 20_000_000_000 },
  ];
  for (const rule of rules) await admin.ok("POST", "/api/budgets", rule);
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
  const { sessionId } = await admin.ok("POST", "/api/chat", { content: "Two opinions, 两种看法", model: "canned-en", also: ["canned-zh"] });
  chats.columns = `/c/${sessionId}`;
  chats.files = await withFiles(admin);
  const run = await admin.ok("POST", "/api/chat/runs", { content: "A slow one, 慢慢来", model: "stall-after-5" });
  chats.streaming = `/c/${run.sessionId}`;
  return chats;
}

/// A chat with pictures, documents, thoughts and calls of tools.
async function withFiles(admin) {
  const part = async (kind, file) => ({ kind, v: 1, fileId: (await admin.upload(file)).id });
  const one = [await part("image", png("harbour.png", { width: 640, height: 400, shade: 70 })), await part("file", notes("季度报告 quarterly-report-with-a-long-name.md", "# Report"))];
  const many = await Promise.all([1, 2, 3].map((shade) => part("image", png(`${shade}.png`, { shade: shade * 50 }))));
  const { sessionId } = await admin.ok("POST", "/api/chat", { content: "What is on these, 图片里有什么？", parts: many, model: "inspect" });
  await admin.ok("POST", "/api/chat", { sessionId, content: "And on this?", parts: one, model: "tools-2" });
  await admin.ok("PATCH", `/api/sessions/${sessionId}`, { instructions: "Be brief." });
  return `/c/${sessionId}`;
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

/// What the doctor finds.
async function diagnosis({ chat, page, words }) {
  await page.goto("/settings/overview");
  await chat.press(chat.button(words.overview.DIAGNOSE_GO));
  await page.locator(".diagnosis-sum").waitFor();
}

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

/// The form about a stored connection, with everything unfolded.
async function connectionForm(visitor) {
  const { chat, page, words } = visitor;
  await page.goto("/settings/connections");
  await page.locator(".row-title").first().waitFor();
  const [{ id }] = (await visitor.api("/api/connections")).items;
  await page.goto(`/settings/connections?edit=${id}`);
  await chat.press(chat.button(words.connections.ADVANCED));
  await chat.press(chat.button(words.connections.HEADER_ADD));
  await page.locator(".part").nth(1).waitFor();
}

/// The sheet about a model.
async function modelSheet(visitor) {
  await visitor.page.goto("/settings/models");
  await visitor.chat.press(visitor.page.locator(".model .icon-button").first());
  await visitor.page.locator("dialog #model-parameters-extra").waitFor();
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

async function steps(visitor, stage) {
  await chatOf("files", ".actions button")(visitor, stage);
  await visitor.chat.press(visitor.chat.last.locator(".reasoning-line").first());
  await visitor.page.locator(".reasoning-body figure.code").last().waitFor();
}

/// The text box with files: some that came, one that did not.
async function attachments(visitor, stage) {
  visitor.allow(/status of 415/);
  await chatOf("files", ".actions button")(visitor, stage);
  await pick(visitor, [png("harbour.png", { shade: 70 }), notes("long-name-of-a-document-that-does-not-fit.md", "A text. ".repeat(9000)), program("tool.bin")]);
  await arrived(visitor, "harbour.png");
  await arrived(visitor, "long-name");
  await attached(visitor, "tool.bin").getByRole("alert").waitFor();
}

async function gauge(visitor, stage) {
  await chatOf("files", ".actions button")(visitor, stage);
  await visitor.chat.box.fill("The ferry leaves at seven. ".repeat(12_000));
  await visitor.chat.press(visitor.page.locator("button.gauge"));
  await visitor.page.locator(".gauge-note").waitFor();
}

async function instructions(visitor, stage) {
  await chatOf("files", ".actions button")(visitor, stage);
  await visitor.chat.press(visitor.page.locator("button.head-title"));
  await visitor.chat.press(visitor.page.getByRole("menuitem", { name: visitor.words.chat.INSTRUCTIONS, exact: true }));
  await visitor.page.locator("dialog #instructions").waitFor();
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
  await visitor.page.locator(".reasoning-body .markdown").first().waitFor();
}

/// Both answers to one question in columns.
async function columns(visitor, stage) {
  await chatOf("columns", ".actions button")(visitor, stage);
  await visitor.chat.press(visitor.chat.button(visitor.words.compare.SIDE_BY_SIDE, visitor.chat.last));
  await visitor.page.locator(".column:nth-child(2) .actions button").first().waitFor();
}

async function errorDetails(visitor, stage) {
  await chatOf("error", ".error-card")(visitor, stage);
  await visitor.chat.press(visitor.page.locator(".error-more"));
  await visitor.page.locator(".error-facts").waitFor();
}

/// The trace of an answer that failed, with what the provider was sent.
async function trace(visitor) {
  const { items } = await visitor.api("/api/task-trace?status=failed&limit=1");
  await visitor.page.goto(`/main/logs/task-trace?trace=${items[0].id}`);
  await visitor.page.locator(".trace-stage").first().waitFor();
  await visitor.page.locator(".trace-sample summary").first().click();
  await visitor.page.locator(".trace-words").first().waitFor();
}

/// The dialog that sets a second factor up.
async function secondFactor(visitor) {
  await visitor.page.goto("/settings/profile#second-factor");
  await visitor.chat.press(visitor.chat.button(visitor.words.factor.SET_UP, visitor.page.locator("#second-factor")));
  await visitor.page.locator("dialog .factor-qr").waitFor();
}

/// The form that sets a sign-in service up.
async function newService(visitor) {
  await visitor.page.goto("/settings/sign-in");
  await visitor.chat.press(visitor.chat.button(visitor.words.oidc.ADD, visitor.page.locator("#new-service")));
  await visitor.page.locator("dialog #service-value").waitFor();
}

async function passwordDialog(visitor) {
  await visitor.page.goto("/settings/profile");
  await visitor.chat.press(visitor.chat.button(visitor.words.settings.PASSWORD_CHANGE, visitor.page.locator("#password")));
  await visitor.page.locator("dialog #password-new").waitFor();
}

/// What deleting one's account takes along.
async function leaving(visitor) {
  await visitor.page.goto("/settings/profile");
  await visitor.chat.press(visitor.chat.button(visitor.words.leaving.DELETE, visitor.page.locator("#delete-account")));
  await visitor.page.locator("dialog #leave-password").waitFor();
}

/// The form that makes an invitation.
async function invite(visitor) {
  await visitor.page.goto("/settings/people");
  await visitor.chat.press(visitor.chat.button(visitor.words.invitations.INVITE, visitor.page.locator("#invitations")));
  await visitor.page.locator("dialog #invite-uses").waitFor();
}

/// What a stranger sees who follows an invitation.
async function invited(visitor, { invitation }) {
  await visitor.page.goto(`/auth/register?invite=${invitation}`);
  await visitor.page.getByText("ada").first().waitFor();
}

/// What a list of people would make, one line of it wrong.
async function importPeople(visitor) {
  const { chat, page, words } = visitor;
  await page.goto("/settings/people");
  await chat.press(chat.button(words.roster.IMPORT, page.locator("#lists")));
  await page.locator("dialog #import-text").fill("username,role,mail\nada,user,a@example.com\n李雷,admin,l@example.com\nerin,,\n");
  await chat.press(chat.button(words.roster.CHECK, page.locator("dialog")));
  await page.locator("dialog .import-rows").waitFor();
}

/// The form that adds a person.
async function addPerson(visitor) {
  await visitor.page.goto("/settings/people");
  await visitor.chat.press(visitor.chat.button(visitor.words.people.ADD));
  await visitor.page.locator("dialog #add-name").waitFor();
}

/// The form of a budget for one person, counted in money.
async function newBudget(visitor) {
  await visitor.page.goto("/settings/budgets");
  await visitor.page.locator(".meter").first().waitFor();
  await visitor.chat.press(visitor.chat.button(visitor.words.budgets.NEW));
  await visitor.page.locator("#budget-subject").selectOption("person");
  await visitor.page.locator("#budget-unit").selectOption("money");
  await visitor.page.locator("dialog #budget-person").waitFor();
}

/// Everybody's usage of one purpose by days of one's own, each day in figures.
async function usageNarrow(visitor) {
  const today = new Date();
  const from = new Date(today - 6 * 86_400_000);
  const [first, last] = [from, new Date(+today + 86_400_000)].map((day) => day.toISOString().slice(0, 10));
  await visitor.page.goto(`/settings/usage/all?by=connection&purpose=chat&measure=cost&from=${first}&to=${last}`);
  await visitor.page.locator(".usage-days summary").click();
  await visitor.page.locator(".usage-days td").first().waitFor();
}

/// A key that was made is in the list; the form that makes another one stands before it.
async function newKey(visitor) {
  await visitor.page.goto("/settings/keys");
  const { items } = await visitor.api("/api/keys");
  if (items.length === 0) {
    await visitor.api("/api/keys", { method: "POST", body: { name: "Backup script", scopes: ["chat"], addresses: ["10.0.0.0/8"] } });
    await visitor.page.reload();
  }
  await visitor.page.locator("li.row").first().waitFor();
  await visitor.chat.press(visitor.chat.button(visitor.words.keys.NEW));
  await visitor.page.locator("dialog #key-name").waitFor();
}

/// The overview of shortcuts, by its own keys.
async function shortcuts(visitor) {
  await visitor.page.goto("/");
  await visitor.page.locator("button.model-chip").waitFor();
  await visitor.page.keyboard.press("Control+/");
  await visitor.page.locator(".shortcuts kbd").first().waitFor();
}

/// A colour of the server's own that is looked at before it is saved.
async function brand(visitor) {
  await visitor.page.goto("/settings/system");
  await visitor.page.locator("#brand-colour-field").fill("#d9480f");
  await visitor.page.locator(".brand-sample").nth(1).waitFor();
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
  { server: "full", name: "invited", go: invited, keyboard: true },
  { server: "full", name: "pending", go: page("/auth/pending", ".door-text") },
  { server: "bare", as: "ada", name: "no-model", go: page("/", ".no-model"), keyboard: true },
  { server: "bare", as: "ada", name: "start", go: page("/start", "a.vendor"), keyboard: true },
  { server: "bare", as: "ada", name: "connections-none", go: page("/settings/connections", ".empty") },
  { server: "tried", as: "ada", name: "demo", go: demo },
  { server: "full", as: "ada", name: "greeting", go: page("/", ".starters"), keyboard: true },
  { server: "full", as: "ada", name: "long-zh", go: chatOf("long-zh", ".actions button") },
  { server: "full", as: "ada", name: "long-en", go: chatOf("long-en", ".actions button"), keyboard: true },
  { server: "full", as: "ada", name: "columns", go: columns, keyboard: true },
  { server: "full", as: "ada", name: "streaming", go: chatOf("streaming", ".answer .markdown") },
  { server: "full", as: "ada", name: "thinking", go: thoughts },
  { server: "full", as: "ada", name: "files", go: chatOf("files", ".picture img"), keyboard: true },
  { server: "full", as: "ada", name: "steps", go: steps },
  { server: "full", as: "ada", name: "attachments", go: attachments, keyboard: true },
  { server: "full", as: "ada", name: "gauge", go: gauge },
  { server: "full", as: "ada", name: "instructions", go: instructions },
  { server: "full", as: "ada", name: "error", go: chatOf("error", ".error-card"), keyboard: true },
  { server: "full", as: "ada", name: "error-details", go: errorDetails },
  { server: "full", as: "ada", name: "cut", go: chatOf("cut", ".error-card") },
  { server: "full", as: "ada", name: "list", go: drawer, keyboard: true },
  { server: "full", as: "ada", name: "person-menu", go: personMenu },
  { server: "full", as: "ada", name: "picker", go: picker },
  { server: "full", as: "ada", name: "shortcuts", go: shortcuts },
  ...CHAT_SCREENS,
  { server: "full", as: "ada", name: "start-check", go: page("/start?step=check", ".diagnosis-sum"), keyboard: true },
  { server: "full", as: "ada", name: "settings", go: page("/settings", ".settings-index") },
  { server: "full", as: "ada", name: "profile", go: page("/settings/profile", ".person-head"), keyboard: true },
  { server: "full", as: "ada", name: "password", go: passwordDialog },
  { server: "full", as: "ada", name: "connections", go: page("/settings/connections", ".row-title"), keyboard: true },
  { server: "full", as: "ada", name: "wizard", go: page("/settings/connections?new=1", ".vendor") },
  { server: "full", as: "ada", name: "wizard-checked", go: wizardChecked, keyboard: true },
  { server: "full", as: "ada", name: "wizard-failed", go: wizardFailed },
  { server: "full", as: "ada", name: "connection-form", go: connectionForm, keyboard: true },
  { server: "full", as: "ada", name: "models", go: page("/settings/models", ".model"), keyboard: true },
  { server: "full", as: "ada", name: "model-sheet", go: modelSheet },
  { server: "full", as: "ada", name: "people", go: page("/settings/people", ".row-title"), keyboard: true },
  { server: "full", as: "ada", name: "add-person", go: addPerson, keyboard: true },
  { server: "full", as: "ada", name: "leaving", go: leaving, keyboard: true },
  { server: "full", as: "ada", name: "invite", go: invite, keyboard: true },
  { server: "full", as: "ada", name: "import-people", go: importPeople, keyboard: true },
  { server: "full", as: "ada", name: "new-key", go: newKey, keyboard: true },
  { server: "full", as: "ada", name: "keys", go: page("/settings/keys", ".row-title"), keyboard: true },
  { server: "full", as: "ada", name: "budgets", go: page("/settings/budgets", ".meter"), keyboard: true },
  { server: "full", as: "ada", name: "new-budget", go: newBudget, keyboard: true },
  { server: "full", as: "ada", name: "usage", go: page("/settings/usage", ".usage-bars"), keyboard: true },
  { server: "full", as: "ada", name: "usage-all", go: page("/settings/usage/all?by=person&measure=calls&days=90", ".usage-group"), keyboard: true },
  { server: "full", as: "ada", name: "usage-narrow", go: usageNarrow },
  { server: "full", as: "ada", name: "usage-none", go: page("/settings/usage?model=nothing", ".usage .empty"), keyboard: true },
  { server: "full", as: "ada", name: "second-factor", go: secondFactor, keyboard: true },
  { server: "full", as: "ada", name: "services-none", go: page("/settings/sign-in", ".empty"), keyboard: true },
  { server: "full", as: "ada", name: "new-service", go: newService, keyboard: true },
  { server: "full", as: "ada", name: "system", go: page("/settings/system", ".setting-line"), keyboard: true },
  { server: "full", as: "ada", name: "brand", go: brand },
  { server: "full", as: "ada", name: "overview", go: page("/settings/overview", ".setup-row"), keyboard: true },
  { server: "full", as: "ada", name: "diagnosis", go: diagnosis },
  { server: "full", as: "ada", name: "audit", go: page("/settings/audit", ".row-title"), keyboard: true },
  { server: "full", as: "ada", name: "logs", go: page("/main/logs/live", ".log-line"), keyboard: true },
  { server: "full", as: "ada", name: "traces", go: page("/main/logs/task-trace", ".trace-row"), keyboard: true },
  { server: "full", as: "ada", name: "trace", go: trace, keyboard: true },
  { server: "full", as: "ada", name: "not-found", go: page("/nothing/here", "main h1, main p") },
];

/// Arranges a screen for somebody who is at the door or signed in, as it wants.
export async function arrange(visitor, screen, stage) {
  await screen.go(visitor, stage);
  await settled(visitor);
}
