// A page that stayed open while the server was replaced says so in one line, and leaves the moment to the person.
// Builds for tests do not know their commit, so the line between browser and server names one on both sides.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";
import { bodyOf, connect, launch, raw, registerAdmin, startAichat, startMock, until } from "./support.mjs";

const OLD = "0.1.0 aaaaaaaaaaaa";
const NEW = "0.1.0 bbbbbbbbbbbb";

let browser;
let mock;
let server;

before(async () => {
  [mock, server, browser] = await Promise.all([startMock(), startAichat(), launch()]);
  await connect(await registerAdmin(server.url), mock, ["ok", "tokens-200-50"]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await mock?.stop();
});

/// What a page or the first event of a stream says, with another build in it.
function renamed(text, { page, program }) {
  const [version, commit] = program.split(" ");
  return text
    .replace(/<meta name="build" content="[^"]*">/, `<meta name="build" content="${page}">`)
    .replace(/("type":"hello","version":)"[^"]*","commit":"[^"]*"/, `$1"${version}","commit":"${commit}"`);
}

async function pass(incoming, outgoing, builds) {
  const { "accept-encoding": _, "if-none-match": __, ...headers } = incoming.headers;
  const body = await bodyOf(incoming);
  const answer = await raw(server.url + incoming.url, { method: incoming.method, headers, body });
  outgoing.on("close", () => answer.destroy());
  const { "content-length": ___, "transfer-encoding": ____, ...kept } = answer.headers;
  outgoing.writeHead(answer.statusCode, kept);
  // The first event comes in one piece, and so does a page as small as ours.
  const speaks = /text\/(html|event-stream)/.test(answer.headers["content-type"] ?? "");
  answer.on("error", () => outgoing.destroy());
  for await (const chunk of answer) outgoing.write(speaks ? renamed(chunk.toString(), builds) : chunk);
  outgoing.end();
}

/// A line to the server on which both sides have the builds that are named here; they may be changed at any time.
async function startLine(builds) {
  const line = createServer((incoming, outgoing) => {
    pass(incoming, outgoing, builds).catch(() => outgoing.destroy());
  });
  line.listen(0, "127.0.0.1");
  await once(line, "listening");
  const stop = () => {
    line.closeAllConnections();
    line.close();
  };
  return { url: `http://127.0.0.1:${line.address().port}`, hangUp: () => line.closeAllConnections(), stop };
}

/// Lets a signed-in person look at a page and a server of these builds.
async function look(builds, story, language = "en-US") {
  const line = await startLine(builds);
  const visitor = await Visitor.arrive(browser, line.url, { size: "desktop", theme: "light", language });
  visitor.allow(/ERR_(EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_(RESET|REFUSED))/);
  try {
    await signIn(visitor, "ada");
    await visitor.page.goto("/");
    await visitor.chat.box.waitFor();
    await story(visitor, line);
    visitor.settle();
  } finally {
    await visitor.close();
    line.stop();
  }
}

const banner = ({ page, words }) => page.getByRole("status").getByText(words.chat.OUTDATED.replace("{brand}", "AIChat"));

/// Sends something and reads the answer to its end: by then the first event of the stream was heard, too.
async function converse({ chat }) {
  await chat.fresh();
  await chat.choose("ok");
  await chat.send("hello");
  await chat.ended();
}

describe("a server that was updated", () => {
  it("offers a reload amid typing and an answer, disturbs neither, and the draft survives it", async () => {
    const builds = { page: OLD, program: OLD };
    await look(builds, async (visitor, line) => {
      const { chat, page, words } = visitor;
      await converse(visitor);
      assert.equal(await banner(visitor).count(), 0, "nothing was updated yet");
      await chat.choose("tokens-200-50");
      await chat.send("count");
      await chat.begun("w10");
      await chat.box.pressSequentially("half a thought");
      await page.evaluate(() => (window.stayed = true));
      builds.program = NEW;
      line.hangUp();
      await banner(visitor).waitFor();
      await visitor.picture("updated-desktop-en");
      await chat.box.pressSequentially(", and the rest");
      await chat.ended();
      assert.equal((await chat.text()).split(" ").length, 200, "the answer was cut");
      assert.equal(await page.evaluate(() => window.stayed), true, "the page reloaded by itself");
      assert.equal((await banner(visitor).boundingBox()).height, 32, "it is one calm line");
      builds.page = NEW;
      await chat.press(chat.button(words.chat.RELOAD));
      await page.waitForFunction(() => !window.stayed);
      await until("the draft", async () => (await chat.box.inputValue()) === "half a thought, and the rest");
      await chat.box.fill("");
      await converse(visitor);
      assert.equal(await banner(visitor).count(), 0, "the page is the server's own now");
    });
  });

  it("does not ask again for a page that a reload leaves as it is", () =>
    look({ page: OLD, program: NEW }, async (visitor) => {
      const { chat, page, words } = visitor;
      await banner(visitor).waitFor();
      await visitor.picture("updated-desktop-zh");
      await page.evaluate(() => (window.stayed = true));
      await chat.press(chat.button(words.chat.RELOAD));
      await page.waitForFunction(() => !window.stayed);
      await converse(visitor);
      assert.equal(await banner(visitor).count(), 0);
    }, "zh-CN"));

  for (const [name, builds] of [
    ["page", { page: "0.1.0 unknown", program: NEW }],
    ["server", { page: OLD, program: "0.2.0 unknown" }],
  ]) {
    it(`is never guessed where the ${name} does not know its commit`, () =>
      look(builds, async (visitor) => {
        await converse(visitor);
        assert.equal(await banner(visitor).count(), 0);
      }));
  }
});

describe("the settings", () => {
  it("name the build of the page", () =>
    look({ page: NEW, program: NEW }, async ({ page }) => {
      await page.goto("/settings/profile");
      await page.getByText("AIChat 0.1.0 (bbbbbbbbbbbb)", { exact: true }).waitFor();
    }));
});
