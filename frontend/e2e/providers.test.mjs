// Every protocol as a person meets it: a picture, a document, thoughts, a call of a tool, all of it in the next turn's
// history; keys that are dead; and the models that a large relay lists.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, registerAdmin, showAll, startAichat, startMock, until } from "./support.mjs";
import { arrived, drawn, notes, pick, png } from "./files/make.mjs";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill, pattern } from "./path/words.mjs";

/// The protocols, and whether their paths begin with the version.
const PROTOCOLS = {
  openai_chat: true, openai_responses: true, azure_openai: false, anthropic: true, gemini: false, ollama: false,
};
const MODELS = ["tools-thinking", "inspect"];

let browser;
let mock;
let server;
let admin;
let ada;

before(async () => {
  [browser, mock, server] = await Promise.all([launch(), startMock(), startAichat()]);
  admin = await registerAdmin(server.url);
  for (const [protocol, versioned] of Object.entries(PROTOCOLS)) {
    const baseUrl = versioned ? mock.url : mock.url.replace(/\/v1$/, "");
    await admin.ok("POST", "/api/connections", { name: protocol, protocol, baseUrl, key: "sk-test", prefix: `${protocol}/`, models: MODELS });
  }
  // The fake model that calls tools says of itself that it sees nothing; an administrator knows better.
  const { items } = await admin.ok("GET", "/api/catalog?q=tools-thinking");
  for (const { id } of items) await admin.ok("PATCH", `/api/catalog/${id}`, { overrides: { facts: { vision: true } } });
  ada = await Visitor.arrive(browser, server.url, { size: "desktop", language: "en-US" });
  await signIn(ada, "ada");
});

after(async () => {
  await ada?.close();
  await browser?.close();
  await server?.stop();
  await mock?.stop();
});

describe("every protocol", () => {
  for (const protocol of Object.keys(PROTOCOLS)) {
    it(`${protocol} takes pictures, documents, thoughts and tools, also in the next turn`, async () => {
      const { chat, page, words } = ada;
      await page.goto("/");
      await page.locator(".welcome").waitFor();
      await chat.choose(`${protocol}/tools-thinking`);
      await pick(ada, [png(`${protocol}.png`, { width: 300, height: 200 }), notes(`${protocol}.md`, `Notes of ${protocol}: 渡轮七点出发。`)]);
      await arrived(ada, `${protocol}.png`);
      await arrived(ada, `${protocol}.md`);
      await chat.send("Look at both");
      await drawn(chat.questions.last().locator(".picture img"));
      await chat.ended();
      const steps = chat.last.locator(".reasoning-line");
      assert.equal(await steps.count(), 2, "thoughts and a call, in this order");
      assert.match(await steps.nth(0).innerText(), new RegExp(`^(${pattern(words.chat.THOUGHT_FOR).source.slice(1, -1)}|${words.chat.THOUGHT})`));
      assert.ok((await steps.nth(1).innerText()).startsWith(fill(words.chat.TOOL_FAILED, { name: "lookup" })));
      assert.match(await chat.text(), /The thoughts came back\./);
      await steps.nth(1).click();
      const whole = chat.last.locator(".reasoning-body");
      await whole.locator("figure.code", { hasText: "第 1 个" }).waitFor();
      await whole.locator("figure.code", { hasText: "There is no tool named lookup" }).waitFor();

      await chat.choose(`${protocol}/inspect`);
      await chat.send("What did you get?");
      await chat.ended();
      await tellsAll(chat, protocol);
      await chat.button(words.chat.ANSWER_AGAIN, chat.last).click();
      await chat.last.locator(".versions", { hasText: "2/2" }).waitFor();
      await chat.ended();
      await tellsAll(chat, protocol);

      await page.reload();
      await chat.answers.nth(1).waitFor();
      assert.equal(await chat.answers.first().locator(".reasoning-line").count(), 2);
      ada.settle();
    });
  }
});

/// What the model that repeats its request says: everything of the first turn is there.
async function tellsAll(chat, protocol) {
  const told = await chat.last.innerText();
  assert.match(told, /picture: image[^,]*, 300x200/, told);
  assert.match(told, new RegExp(`Notes of ${protocol}|file: ${protocol}\\.md`), told);
  assert.match(told, /call: lookup/, told);
  assert.match(told, /result: .*no tool named lookup/, told);
}

describe("keys", () => {
  it("a dead key costs a line of notice", async () => {
    const { chat, page, words } = ada;
    const keys = [{ label: "one", key: "sk-one-dead" }, { label: "two", key: "sk-two-good" }];
    await admin.ok("POST", "/api/connections", { name: "Keys", baseUrl: mock.url, keys, prefix: "keys/", models: ["ok"] });
    await page.goto("/");
    await page.locator(".welcome").waitFor();
    await chat.choose("keys/ok");
    await chat.send("hello");
    await chat.ended();
    const notice = await chat.last.locator(".notice").innerText();
    assert.match(notice, /2.*2/, notice);
    assert.match(await chat.text(), /Hello!/);
    await page.reload();
    await chat.last.locator(".notice").waitFor();
    assert.equal(await chat.last.locator(".notice").innerText(), notice, "it stays in its place");
    assert.equal(await chat.button(words.common.RETRY).count(), 0);
    ada.settle();
  });
});

describe("a relay with a thousand models", () => {
  it("opens with those that can be seen, and goes through all of them", async () => {
    const { chat, page, words } = ada;
    const relay = await admin.ok("POST", "/api/connections", { name: "Relay", baseUrl: mock.url, key: "sk-relay-1", prefix: "r/" });
    await showAll(admin, relay.id);
    await until("all are listed", async () => (await count()) > 1000);
    await page.reload();
    await page.locator("button.model-chip").click();
    const list = page.getByRole("dialog", { name: words.chat.CHOOSE_MODEL });
    await list.getByRole("option").first().waitFor();
    assert.ok((await list.getByRole("option").count()) < 40, "only what can be seen is drawn");
    const search = list.getByRole("combobox");
    await search.fill("relay-0500");
    await list.getByRole("option", { name: /relay-0500/ }).waitFor();
    await search.fill("");
    await page.keyboard.press("ArrowUp");
    await until("the marked one is drawn", async () => {
      const marked = await search.getAttribute("aria-activedescendant");
      return marked && (await list.locator(`#${marked}.marked`).count()) === 1;
    });
    await search.fill("r/relay-0900");
    await page.keyboard.press("Enter");
    await page.locator("button.model-chip", { hasText: "r/relay-0900" }).waitFor();
    ada.settle();
  });
});

const count = async () => {
  let [total, after] = [0, undefined];
  do {
    const page = await admin.ok("GET", `/api/models?limit=1000${after ? `&after=${after}` : ""}`);
    [total, after] = [total + page.items.length, page.next];
  } while (after);
  return total;
};
