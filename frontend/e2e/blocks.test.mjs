// What a message is made of, as a person meets it: code, tables, formulas, diagrams, pages, pictures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, describe, it } from "node:test";
import { lookName, serving, until } from "./support.mjs";
import { CASES, DIAGRAM, FORMULAS, HOSTILE, LONG, PAGE, TABLE } from "./blocks/texts.mjs";
import { drawn, png } from "./files/make.mjs";
import { letIn } from "./path/let-in.mjs";
import { fill } from "./path/words.mjs";

const here = serving(["echo", "inspect"]);

/// A stored chat whose answer is this text, and its address.
async function told(content, { parts, model = "echo" } = {}) {
  const { sessionId } = await here.admin.ok("POST", "/api/chat", { content, parts, model });
  return `/c/${sessionId}`;
}

/// What is inside the frame of a preview.
const inside = async (figure) => (await figure.locator("iframe").elementHandle()).contentFrame();

for (const look of [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
]) {
  describe(`blocks, ${lookName(look)}`, () => {
    let ada;
    let requests;

    letIn(here, look, (visitor) => {
      ada = visitor;
      ada.page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    });

    beforeEach(() => {
      requests = [];
    });

    /// Opens a stored chat with this answer.
    async function open(text) {
      await ada.page.goto(await told(text));
      await ada.chat.last.locator(".markdown .block, .markdown .code").first().waitFor();
      return ada.chat.last;
    }

    const asked = (pattern) => requests.filter((path) => pattern.test(path));

    it("nothing is fetched for plain text", async () => {
      await open("Only **text**, for $5 and $6, and `code`.");
      // What a text needs is asked for in the frame that draws it.
      await ada.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.deepEqual(asked(/\/(blocks-|preview\/|vendor\/)/), []);
      ada.settle();
    });

    it("formulas are set, with MathML beside them, and money is not", async () => {
      const answer = await open(FORMULAS);
      await until("all formulas are set", async () => (await answer.locator(".math-set").count()) === (await answer.locator(".math").count()));
      assert.equal(await answer.locator(".katex-mathml math").count(), 5);
      assert.equal(await answer.locator(".math-failed").innerText(), "\\frac{1}{");
      const text = await answer.innerText();
      assert.ok(text.includes("$5 and $6") && text.includes("\\(a\\)"), text);
      assert.equal(await answer.locator("code .math, pre .math").count(), 0);
      await ada.picture(`blocks-formulas-${lookName(look)}`);
      ada.settle();
    });

    it("a selection with formulas is copied with their sources", async () => {
      const answer = await open(FORMULAS);
      await answer.locator(".math-set .katex").first().waitFor();
      await answer.locator(".block").first().evaluate((block) => getSelection().selectAllChildren(block));
      const data = await ada.page.evaluate(() => {
        const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(event);
        return event.clipboardData.getData("text/plain");
      });
      assert.ok(data.includes("$x^2 + 1$") && !data.includes("x2"), data);
      await ada.page.evaluate(() => getSelection().removeAllRanges());
      ada.settle();
    });

    it("a table scrolls in its box and is copied as CSV and as Markdown", async () => {
      const { chat, page, words } = ada;
      const answer = await open(TABLE);
      const box = answer.locator(".table-scroll");
      await answer.locator(".table-tools").waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page scrolls sideways");
      assert.equal(await box.getAttribute("tabindex"), "0");
      for (const [key, expected] of [
        ["TABLE_CSV", '名称,Price,"A, b"\r\n苹果,3,"say ""hi"""\r\n=SUM(A1),-4,x_1\r\n'],
        ["TABLE_MARKDOWN", '| 名称 | Price | A, b |\n|---|--:|---|\n| **苹果** | 3 | say "hi" |\n| =SUM(A1) | -4 | $x_1$ |\n'],
      ]) {
        await box.hover();
        const button = chat.button(words.blocks[key], answer);
        await chat.press(button);
        await answer.locator(".table-tools [role=status]", { hasText: words.blocks.COPIED }).waitFor();
        // A text box has line feeds only.
        assert.equal(await chat.pasted(), expected.replaceAll("\r\n", "\n"), key);
      }
      assert.ok(!(await answer.locator(":scope > .markdown").innerText()).includes("CSV"), "the buttons are no part of the text");
      await ada.picture(`blocks-table-${lookName(look)}`);
      ada.settle();
    });

    it("long code is folded when it is opened, unfolds, wraps and is downloaded under its name", async () => {
      const { chat, page, words } = ada;
      const answer = await open(LONG);
      const code = answer.locator("figure.code");
      const more = chat.button(fill(words.blocks.CODE_SHOW_ALL, { count: 80 }), code);
      await more.waitFor();
      const folded = (await code.boundingBox()).height;
      await chat.press(more);
      await more.waitFor({ state: "detached" });
      assert.ok((await code.boundingBox()).height > folded * 2);
      await chat.press(chat.button(words.blocks.CODE_FOLD, code));
      await more.waitFor();
      const wrap = chat.button(words.chat.CODE_WRAP, code);
      await chat.press(wrap);
      await code.and(page.locator(".wrapped")).waitFor();
      const download = page.waitForEvent("download");
      await chat.press(chat.button(words.blocks.CODE_DOWNLOAD, code));
      const file = await download;
      assert.equal(file.suggestedFilename(), "code.rs");
      assert.equal(readFileSync(await file.path(), "utf8").split("\n").length, 80);
      await code.locator(".hljs-keyword").first().waitFor();
      await ada.picture(`blocks-code-${lookName(look)}`);
      ada.settle();
    });

    it("a diagram is drawn in a frame without an origin, in the colours of the page", async () => {
      const { chat, page, words } = ada;
      const answer = await open(DIAGRAM);
      const figure = answer.locator("figure.code");
      await figure.and(page.locator(".previewing")).waitFor();
      assert.equal(await figure.locator("iframe").getAttribute("sandbox"), "allow-scripts");
      const frame = await inside(figure);
      assert.equal(await frame.evaluate(() => self.origin), "null");
      await frame.locator("svg", { hasText: "开始" }).waitFor();
      const height = (await figure.locator("iframe").boundingBox()).height;
      assert.ok(height > 80 && height <= 640, `${height}`);
      await ada.picture(`blocks-diagram-${lookName(look)}`);
      const colour = () => frame.locator("svg .node rect").first().evaluate((rect) => getComputedStyle(rect).fill);
      const before = await colour();
      await page.emulateMedia({ colorScheme: look.theme === "dark" ? "light" : "dark" });
      await until("it is drawn in the other theme", async () => (await colour().catch(() => before)) !== before);
      await page.emulateMedia({ colorScheme: look.theme });
      await chat.press(chat.button(words.blocks.CODE, figure));
      await figure.locator("pre", { hasText: "flowchart TD" }).waitFor();
      await chat.press(chat.button(words.blocks.PREVIEW, figure));
      await figure.locator("iframe:visible").waitFor();
      ada.settle();
    });

    it("a broken diagram shows its source and what is wrong", async () => {
      const { page, words } = ada;
      const answer = await open("```mermaid\nflowchart TD\n  A[Start --> B{{\n```");
      const figure = answer.locator("figure.code");
      await figure.locator(".preview-failed", { hasText: words.blocks.NOT_DRAWN }).filter({ hasText: "line 2" }).waitFor();
      await figure.locator("pre", { hasText: "A[Start" }).waitFor();
      assert.equal(await page.locator(".previewing").count(), 0);
      await ada.picture(`blocks-broken-${lookName(look)}`);
      ada.settle();
    });

    it("a page runs when somebody asks, alone", async () => {
      const { chat, page, words } = ada;
      ada.allow(/Content Security Policy|Refused to connect|violates|foreign request: http:\/\/evil\.test|ERR_BLOCKED/);
      const answer = await open(PAGE);
      const figure = answer.locator("figure.code");
      await chat.button(words.blocks.PREVIEW, figure).waitFor();
      assert.equal(await page.locator("iframe").count(), 0);
      await chat.press(chat.button(words.blocks.PREVIEW, figure));
      await figure.and(page.locator(".previewing")).waitFor();
      const frame = await inside(figure);
      const heading = frame.locator("h1");
      await frame.locator("h1[data-fetch]").waitFor();
      assert.deepEqual(await heading.evaluate(({ dataset }) => ({ ...dataset })), { cookie: "none", storage: "none", parent: "none", fetch: "none" });
      await frame.locator("button").click();
      await frame.locator("h1", { hasText: "Pressed" }).waitFor();
      assert.deepEqual(asked(/^\/api\/health$/), []);
      await ada.picture(`blocks-page-${lookName(look)}`);
      ada.settle();
    });

    it("hostile code stays code, and a hostile drawing runs nothing", async () => {
      const { chat, page, words } = ada;
      ada.allow(/Content Security Policy|violates|foreign request: http:\/\/evil\.test|ERR_BLOCKED|Blocked script/);
      const answer = await open(HOSTILE);
      const figure = answer.locator("figure.code").first();
      await chat.press(chat.button(words.blocks.PREVIEW, figure));
      await figure.and(page.locator(".previewing")).waitFor();
      const frame = await inside(figure);
      assert.equal(await frame.evaluate(() => self.pwned), undefined);
      await until("formulas were tried", async () => (await answer.locator(".math:not(.math-set)").count()) === 0);
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      assert.equal(await answer.locator("a[href^=javascript], img, script, .markdown > .block iframe").count(), 0);
      ada.settle();
    });

    it("pictures are seen whole, one after the other, and the focus comes back", async () => {
      const { chat, page, words } = ada;
      const part = async (file) => ({ kind: "image", v: 1, fileId: (await here.admin.upload(file)).id });
      const parts = [await part(png("first.png", { width: 640, height: 400, shade: 70 })), await part(png("second.png", { width: 300, height: 500, shade: 160 }))];
      await page.goto(await told("Two pictures", { parts, model: "inspect" }));
      const pictures = chat.questions.last().locator("a.picture");
      await drawn(pictures.first().locator("img"));
      await chat.press(pictures.first());
      const view = page.getByRole("dialog", { name: words.blocks.PICTURE, exact: true });
      await view.locator(".view-count", { hasText: "1 / 2" }).waitFor();
      const scale = () => view.locator(".view-image").evaluate((image) => new DOMMatrix(getComputedStyle(image).transform).a);
      await chat.press(chat.button(words.blocks.ZOOM_IN, view));
      await until("it is larger", async () => (await scale()) > 1.4);
      await ada.picture(`blocks-picture-${lookName(look)}`);
      await page.keyboard.press("0");
      await until("it is whole", async () => (await scale()) === 1);
      await chat.press(chat.button(words.blocks.NEXT, view));
      await view.locator(".view-count", { hasText: "2 / 2" }).waitFor();
      assert.equal(await view.getByRole("link", { name: words.blocks.DOWNLOAD, exact: true }).getAttribute("download"), "second.png");
      if (chat.isPhone) await page.goBack();
      else await page.keyboard.press("Escape");
      await view.waitFor({ state: "detached" });
      await until("the focus is at the picture", () => pictures.nth(1).evaluate((link) => link === document.activeElement));
      assert.equal(await page.locator(".question").count(), 1, "the chat is still open");
      ada.settle();
    });

    it("what is written while somebody looks ends as the stored text", async () => {
      const { chat, page } = ada;
      await page.goto("/");
      await page.locator(".welcome").waitFor();
      await chat.choose("echo");
      for (const text of CASES) {
        await chat.fresh();
        await chat.send(text);
        await chat.ended();
        const look = () => chat.last.locator(":scope > .markdown").evaluate((markdown) => ({
          formulas: markdown.querySelectorAll(".katex").length,
          tables: markdown.querySelectorAll(".table-tools").length,
          open: markdown.querySelectorAll(".math-open").length,
        }));
        const known = JSON.stringify({ formulas: text.match(/formula/g)?.length ?? 0, tables: /\|---/.test(text) ? 1 : 0, open: 0 });
        await until(`${text} is complete`, async () => JSON.stringify(await look()) === known);
      }
      ada.settle();
    });
  });
}
