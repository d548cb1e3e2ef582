// `cargo xtask pictures`: the pictures of the README, made of the running product. A chat in both languages at a desk, and
// on a phone in dark colours, among chats that somebody might have.
import { join } from "node:path";
import { ROOT } from "./support/programs.mjs";
import { connect, launch, registerAdmin, startAichat, startMock, until } from "./support.mjs";
import { signIn } from "./path/door.mjs";
import { settled } from "./path/screens.mjs";
import { Visitor } from "./path/visitor.mjs";

/// What somebody said in one language: the first chat is shown, the folder holds the chats marked with it.
const STORIES = {
  "en-US": {
    name: "chat",
    model: "canned-en",
    question: "Which queue should I use for background jobs?",
    folder: "Release 2",
    filed: ["Compare three ways to store sessions", "Read this log and find the slow query"],
    pinned: "Phrases for the review on Monday",
    others: ["Turn these notes into minutes", "Explain relativity with an everyday example", "Plan a week of vegetarian dinners"],
  },
  "zh-CN": {
    name: "chat-zh",
    model: "canned-zh",
    question: "用 Rust 写一个小型缓存，并解释取舍",
    folder: "第二版发布",
    filed: ["比较三种会话存储方案", "看这段日志，找出慢查询"],
    pinned: "周一评审要说的话",
    others: ["把这些笔记整理成会议纪要", "用生活中的例子解释相对论", "安排一周的素食晚餐"],
  },
};

/// Fills a fresh server; gives the address of the chat that is shown.
async function lived(admin, story) {
  const say = async (content, about = {}, model = "ok") => {
    const { sessionId } = await admin.ok("POST", "/api/chat", { content, model });
    await admin.ok("PATCH", `/api/sessions/${sessionId}`, { unread: false, ...about });
    return sessionId;
  };
  const folder = await admin.ok("POST", "/api/folders", { name: story.folder });
  for (const text of story.others) await say(text);
  for (const text of story.filed) await say(text, { folderId: folder.id });
  await say(story.pinned, { pinned: true });
  return `/c/${await say(story.question, {}, story.model)}`;
}

async function shown(browser, server, address, look, file) {
  const visitor = await Visitor.arrive(browser, server.url, { ...look, reducedMotion: "reduce" });
  try {
    await signIn(visitor, "ada");
    const { page } = visitor;
    await page.goto(address);
    await page.locator("article.answer .actions button").first().waitFor();
    if (look.size === "desktop") await page.locator(".folder-line").first().click();
    const thread = page.locator(".thread");
    await until("the beginning is drawn and stays", async () => {
      await thread.evaluate((thread) => thread.scrollTo(0, 0));
      await settled(visitor);
      return (await page.locator("article.question").count()) > 0 && (await thread.evaluate((thread) => thread.scrollTop)) === 0;
    });
    // Colours and formulas come a little later than the words.
    await page.locator("article.answer .katex, article.answer pre span").first().waitFor();
    await page.mouse.move(2, 2);
    await settled(visitor);
    await page.screenshot({ path: join(ROOT, "docs/screenshots", `${file}.png`) });
    visitor.settle();
  } finally {
    await visitor.close();
  }
}

const [browser, mock] = await Promise.all([launch(), startMock()]);
try {
  for (const [language, story] of Object.entries(STORIES)) {
    const server = await startAichat();
    try {
      const admin = await registerAdmin(server.url);
      await connect(admin, mock, ["ok", story.model]);
      const address = await lived(admin, story);
      await shown(browser, server, address, { size: "desktop", theme: "light", language }, story.name);
      await shown(browser, server, address, { size: "phone", theme: "dark", language }, `${story.name}-phone`);
    } finally {
      await server.stop();
    }
  }
} finally {
  await browser.close();
  await mock.stop();
}
