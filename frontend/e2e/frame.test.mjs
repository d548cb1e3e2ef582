// The frame of the chat stands before the program has arrived, where the program's own will stand, and nothing typed into
// its text box is lost.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LOOKS, holdProgram, lookName, picture, registerUser, serving, visit } from "./support.mjs";
import { signedIn } from "./support/measure.mjs";

const here = serving(["ok"], async (all) => {
  const bob = await registerUser(all.admin, "bob");
  const { sessionId: chatId } = await bob.ok("POST", "/api/chat", { content: "hello" });
  Object.assign(all, { bob, chatId });
});

/// What the frame draws and the program draws again in the same place.
const PARTS = [
  ".app", ".sidebar", ".sidebar-head", ".brand span", ".sidebar-head .icon-button", ".sidebar-head .icon-button:last-child",
  ".sidebar-new", ".sidebar-new .icon", ".sidebar-search", ".sidebar-search .icon", ".person", ".person .avatar", ".person > .icon",
  ".chat", ".head", ".head-list .icon-button", ".head-end .icon-button", ".head-new .icon-button", ".dock", ".composer",
  ".composer textarea", ".composer-tools .icon-button", ".send", ".starter", ".starter:last-child .starter-text",
];

/// Where every part stands, in the frame or in the program's own page.
const layout = (page, inFrame) =>
  page.evaluate(([parts, inFrame]) => {
    const root = inFrame ? window.aichatBoot.frame : document;
    return parts.map((part) => {
      const { x, y, width, height } = root.querySelector(part)?.getBoundingClientRect() ?? {};
      return [part, x, y, width, height];
    });
  }, [PARTS, inFrame]);

const isDrawn = (page) =>
  page.waitForFunction(() => {
    const host = window.aichatBoot?.frame?.host;
    return host?.isConnected && host.style.visibility === "";
  });
const isGone = (page) => page.waitForFunction(() => !document.querySelector("#boot-frame") && document.querySelector("main.chat .composer"));

/// Lets bob look at the frame: `story(page, release)`. What the browser remembers of him is what an earlier visit left.
const early = (look, story, remembered = () => ({})) =>
  visit(here.browser, here.server.url, look, async (page, visitor) => {
    await signedIn(here.server, here.server.url, "bob")(visitor.context);
    await page.addInitScript((remembered) => {
      if (sessionStorage.getItem("remembered")) return;
      sessionStorage.setItem("remembered", "1");
      for (const [key, value] of Object.entries(remembered)) localStorage.setItem(key, value);
    }, remembered());
    const release = await holdProgram(page);
    await story(page, release, visitor);
  });

/// What moved since the page began, as the browser sees it.
const shifts = (page) =>
  page.evaluate(() => new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => resolve(list.getEntries().map(({ value }) => value)));
    observer.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve([]), 300);
  }));

const ownBox = (page) => page.locator("main.chat .composer textarea");

describe("the frame of the chat before the program", () => {
  for (const look of LOOKS) {
    for (const kind of ["new", "known"]) {
      it(`stands where the program's own stands, a ${kind} chat, ${lookName(look)}`, () =>
        early(look, async (page, release) => {
          await page.goto(kind === "new" ? "/" : `/c/${here.chatId}`);
          await isDrawn(page);
          const before = await layout(page, true);
          await picture(page, `frame-${kind}-${lookName(look)}`);
          release();
          await isGone(page);
          assert.deepEqual(before, await layout(page, false));
          assert.deepEqual(await shifts(page), []);
        }));
    }
  }

  it("keeps the width of the list and the size of the text", () =>
    early({}, async (page, release) => {
      await page.goto("/");
      await isDrawn(page);
      const before = await layout(page, true);
      assert.equal(before.find(([part]) => part === ".sidebar")[3], 352);
      release();
      await isGone(page);
      assert.deepEqual(before, await layout(page, false));
    }, () => ({ "aichat.sidebar-width": "352", "aichat.scale": "125" })));

  it("leaves a folded list folded", () =>
    early({}, async (page, release) => {
      await page.goto("/");
      await isDrawn(page);
      const before = await layout(page, true);
      assert.equal(before.find(([part]) => part === ".sidebar")[3], 0);
      release();
      await isGone(page);
      assert.deepEqual(before, await layout(page, false));
    }, () => ({ "aichat.sidebar-folded": "1" })));

  it("hands over what was typed and where the caret stood", () =>
    early({}, async (page, release) => {
      await page.goto("/");
      await isDrawn(page);
      await page.keyboard.type("one three");
      for (const key of Array(5).fill("ArrowLeft")) await page.keyboard.press(key);
      release();
      await isGone(page);
      await page.keyboard.type("two ");
      assert.equal(await ownBox(page).inputValue(), "one two three");
    }));

  it("keeps what was typed when the page is loaded again before the program came", () =>
    early({}, async (page, release) => {
      await page.goto(`/c/${here.chatId}`);
      await isDrawn(page);
      await page.keyboard.type("first");
      await page.keyboard.press("Shift+Enter");
      await page.keyboard.type("second");
      await page.reload();
      await isDrawn(page);
      await page.keyboard.press("End");
      await page.keyboard.type(" and more");
      release();
      await isGone(page);
      assert.equal(await ownBox(page).inputValue(), "first\nsecond and more");
      await page.goto("/");
      await isGone(page);
      assert.equal(await ownBox(page).inputValue(), "", "the draft belongs to the other chat");
    }));

  it("puts what was typed behind a draft that it could not know", () =>
    early({}, async (page, release) => {
      await page.goto("/");
      await isDrawn(page);
      await page.keyboard.type("typed");
      release();
      await isGone(page);
      await page.waitForFunction(() => document.querySelector("main.chat textarea").value.includes("typed"));
      assert.equal(await ownBox(page).inputValue(), "left before\n\ntyped");
    }, () => ({ "aichat.signed-in": "1", [`aichat.draft.${here.bob.user.id}.new`]: "left before" })));

  for (const size of ["desktop", "phone"]) {
    it(`lets an input method end its word before it hands over, ${size}`, () =>
      early({ size }, async (page, release, { context }) => {
        await page.goto(`/c/${here.chatId}`);
        await isDrawn(page);
        const session = await context.newCDPSession(page);
        const [, x, y] = (await layout(page, true)).find(([part]) => part === ".composer textarea");
        if (size === "phone") await page.touchscreen.tap(x + 20, y + 10);
        await session.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
        release();
        await ownBox(page).waitFor();
        // Whatever the program does when it begins.
        await page.locator(".thread article").first().waitFor();
        assert.equal(await page.locator("#boot-frame").count(), 1, "the word was cut off");
        await session.send("Input.insertText", { text: "你好" });
        await isGone(page);
        await page.keyboard.type("!");
        assert.equal(await ownBox(page).inputValue(), "你好!");
      }));
  }

  it("sends what was sent early, once", () =>
    early({}, async (page, release) => {
      await page.goto("/");
      await isDrawn(page);
      await page.keyboard.type("hello");
      await page.keyboard.press("Enter");
      release();
      await page.waitForURL("**/c/*");
      await page.locator(".turn.answer").waitFor();
      assert.deepEqual(await page.locator(".question .bubble").allInnerTexts(), ["hello"]);
      assert.equal(await ownBox(page).inputValue(), "");
    }));

  it("fills its box with a starter", () =>
    early({ size: "phone" }, async (page, release) => {
      await page.goto("/");
      await isDrawn(page);
      const [, x, y] = (await layout(page, true)).find(([part]) => part === ".starter");
      await page.touchscreen.tap(x + 20, y + 20);
      release();
      await isGone(page);
      assert.match(await ownBox(page).inputValue(), /^Explain how TCP/);
    }));

  it("shows those who listen a text box and that the rest is loading", () =>
    early({}, async (page, _, { context }) => {
      await page.goto("/");
      await isDrawn(page);
      const session = await context.newCDPSession(page);
      const { nodes } = await session.send("Accessibility.getFullAXTree");
      const spoken = nodes.filter(({ ignored, role }) => !ignored && ["status", "textbox", "button", "link", "heading", "image"].includes(role.value));
      assert.deepEqual(spoken.map(({ role, name }) => [role.value, name.value]).sort(), [["status", ""], ["textbox", "Message"]]);
    }));

  it("takes a word about patience above it, and gives way when the program cannot start", () =>
    early({}, async (page, _, visitor) => {
      visitor.allow(/Failed to fetch|ERR_FAILED|could not start|Failed to load resource/);
      await page.clock.install();
      await page.goto("/");
      await isDrawn(page);
      await page.keyboard.type("kept");
      await page.clock.fastForward(15_000);
      await page.locator("#boot-note").waitFor();
      await picture(page, "frame-slow");
      await page.unroute("**/*_bg.wasm");
      await page.route("**/*_bg.wasm", (route) => route.abort());
      await page.reload();
      await page.locator("#boot-note[data-final]").waitFor();
      assert.equal(await page.locator("#boot-frame").count(), 0);
    }));

  for (const [where, path] of [["settings", "/settings/profile"], ["the archive", "/archive"], ["the door", "/auth/login"]]) {
    it(`is not drawn where something else will stand: ${where}`, () =>
      early({}, async (page, release) => {
        await page.goto(path);
        await page.waitForFunction(() => window.aichat !== undefined);
        assert.equal(await page.evaluate(() => window.aichatBoot.frame), undefined);
        release();
        await page.locator("main, form").first().waitFor();
      }));
  }

  it("is not drawn for those who have no model to talk to", () =>
    early({}, async (page) => {
      await page.goto("/");
      await page.waitForFunction(() => window.aichat !== undefined);
      assert.equal(await page.evaluate(() => window.aichatBoot.frame), undefined);
    }, () => ({ "aichat.no-model": "1" })));
});
