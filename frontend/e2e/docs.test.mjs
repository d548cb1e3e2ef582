// /docs: the API's description drawn by the server itself, on a desktop by number and on a phone by a name without TLS, where
// pages have no clipboard.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, startAichat, until } from "./support.mjs";
import { isSound } from "./path/judge.mjs";
import { everythingFits } from "./path/layout.mjs";
import { Visitor } from "./path/visitor.mjs";

/// What the page says, past its own script.
const SAYS = {
  "en-US": { copy: "Copy", copied: "Copied", lang: "en", count: /^(\d+) operations$/, none: "Nothing fits." },
  "zh-CN": { copy: "复制", copied: "已复制", lang: "zh-Hans", count: /^(\d+) 个接口$/, none: "没有符合的接口。" },
};

let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launch(), startAichat()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [address, look] of [
  ["url", { size: "desktop", theme: "light", language: "en-US" }],
  ["named", { size: "phone", theme: "dark", language: "zh-CN" }],
]) {
  describe(`the description of the API, ${look.size}, ${look.language}`, () => {
    const says = SAYS[look.language];
    let reader;
    let page;

    before(async () => {
      reader = await Visitor.arrive(browser, server[address], look);
      page = reader.page;
      await page.goto("/docs");
      await page.locator("details.operation").first().waitFor();
    });

    after(() => reader?.close());

    const fits = () => page.locator("details.operation:visible");
    const counted = async () => Number(says.count.exec(await page.locator("#count").innerText())?.[1]);

    /// The operation of an id, unfolded.
    async function unfold(id) {
      const operation = page.locator(`#${id}`);
      if (!(await operation.evaluate((details) => details.open))) await reader.chat.press(operation.locator("summary").first());
      await operation.locator(".inside").waitFor();
      return operation;
    }

    it("has every operation of the document, in the reader's language", async () => {
      const { paths } = await (await fetch(`${server.url}/api/openapi.json`)).json();
      const operations = Object.values(paths).flatMap((methods) => Object.values(methods)).filter(({ operationId }) => operationId);
      assert.ok(operations.length > 100);
      assert.equal(await page.locator("details.operation").count(), operations.length);
      assert.equal(await counted(), operations.length);
      assert.equal(await page.evaluate(() => document.documentElement.lang), says.lang);
      await isSound(reader);
      await everythingFits(page, { touch: reader.chat.isPhone, where: "before anything is unfolded" });
      await reader.picture(`docs-${look.size}`);
    });

    it("is narrowed by what one types, and says how much is left", async () => {
      const [all, filter] = [await counted(), page.locator("#filter")];
      await filter.fill("post chat/stream");
      await until("less", async () => (await counted()) < all);
      assert.equal(await fits().count(), await counted());
      await fits().first().getByText("/api/chat/stream", { exact: true }).waitFor();
      await filter.fill("nothing has these words");
      await page.locator("#count", { hasText: says.none }).waitFor();
      assert.equal(await fits().count(), 0);
      await filter.fill("");
      await until("all again", async () => (await counted()) === all);
    });

    it("an operation unfolds to what it takes and answers, and the address names it", async () => {
      const id = await page.locator("details.operation", { hasText: "/api/sessions" }).first().getAttribute("id");
      const operation = await unfold(id);
      await until("the address", () => new URL(page.url()).hash === `#${id}`);
      const folded = operation.locator("details.fields").first();
      await reader.chat.press(folded.locator("summary").first());
      await folded.locator("td").first().waitFor();
      await isSound(reader);
      await everythingFits(page, { touch: reader.chat.isPhone, where: "unfolded" });
      await reader.picture(`docs-unfolded-${look.size}`);
      await page.reload();
      await page.locator(`#${id} .inside`).waitFor();
    });

    it("what is to be copied is copied, also where pages have no clipboard", async () => {
      assert.equal(await page.evaluate(() => isSecureContext), look.size === "desktop");
      const operation = page.locator("details.operation[open]");
      const code = operation.locator(".code").last();
      await reader.chat.press(reader.chat.button(says.copy, code));
      await reader.chat.button(says.copied, code).waitFor();
      const filter = page.locator("#filter");
      await filter.focus();
      await page.keyboard.press("ControlOrMeta+V");
      // A field of one line has blanks in their place.
      const flat = (text) => text.replace(/[\r\n]+/g, " ");
      await until("pasted", async () => (await filter.inputValue()) !== "");
      assert.equal(flat(await filter.inputValue()), flat(await code.locator("pre").innerText()));
      await filter.fill("");
      reader.settle();
    });

    it("nothing scrolls sideways when everything is unfolded", async () => {
      await page.evaluate(() => document.querySelectorAll("details.operation").forEach((details) => (details.open = true)));
      await until("all are drawn", () => page.evaluate(() => [...document.querySelectorAll("details.operation")].every((details) => details.querySelector(".inside"))));
      const [width, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.equal(width, window);
      reader.settle();
    });
  });
}
