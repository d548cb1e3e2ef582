// The search over all chats, as a person uses it: by keys and by touch, with words of both scripts and filters.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { measure, violations } from "./path/judge.mjs";
import { letIn } from "./path/let-in.mjs";
import { fill } from "./path/words.mjs";

/// Chats by what was said in them first.
const chats = {};

const here = serving(["echo"], async ({ admin }) => {
  for (const text of ["The ferry leaves at seven o'clock", "渡轮七点出发，请提前到码头", "parseHttpHeader fails on folded lines"]) {
    chats[text] = (await admin.ok("POST", "/api/chat", { content: text })).sessionId;
  }
  await admin.ok("PATCH", `/api/sessions/${chats["The ferry leaves at seven o'clock"]}`, { tags: ["harbour"], title: "Timetable" });
  await until("everything is indexed", async () => {
    const { items, pending } = await admin.ok("GET", "/api/search?q=header");
    return !pending && items.length === 1;
  });
});

for (const look of [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
]) {
  describe(`search, ${look.size}, ${look.language}`, () => {
    let ada;
    let words;
    let box;
    let options;

    letIn(here, look, (visitor) => {
      ada = visitor;
      words = ada.words.search;
      box = ada.page.getByRole("combobox", { name: words.SEARCH_CHATS, exact: true });
      options = ada.page.locator(".search-dialog .hit");
    });

    async function open() {
      const { page, chat } = ada;
      if (await page.locator(".search-dialog").count()) return;
      if (chat.isPhone) {
        await chat.openList();
        await chat.press(page.locator(".sidebar-search"));
      } else {
        await page.keyboard.press("ControlOrMeta+k");
      }
      await box.waitFor();
    }

    /// Waits until the search shows this many hits and nothing else.
    const hits = (count) => until(`${count} hits`, async () => (await options.locator(".hit-facts").count()) === count);

    it("opens with the last chats and places to go to, with the focus in the box", async () => {
      await open();
      await until("the focus", () => box.evaluate((input) => input === document.activeElement));
      await ada.page.getByText(words.RECENT, { exact: true }).waitFor();
      await options.filter({ hasText: "Timetable" }).waitFor();
      await options.filter({ hasText: ada.words.organize.ARCHIVE }).waitFor();
      await ada.picture(`search-before-${look.size}-${look.theme}`);
      await measure(ada.page, { touch: ada.chat.isPhone });
      assert.deepEqual(await violations(ada.page), []);
    });

    it("finds words of both scripts, marks them, and opens at the message", async () => {
      const { page, chat } = ada;
      await open();
      await box.fill("ferry");
      await hits(1);
      await options.locator("mark", { hasText: /ferry/i }).first().waitFor();
      await box.fill("码头");
      await options.locator("mark", { hasText: "码头" }).first().waitFor();
      await hits(1);
      await ada.picture(`search-found-${look.size}-${look.theme}`);
      if (chat.isPhone) await chat.press(options.first());
      else await page.keyboard.press("Enter");
      // The message leaves the address as soon as it is found.
      await page.waitForURL(new RegExp(`/c/${chats["渡轮七点出发，请提前到码头"]}(\\?m=|$)`));
      await chat.begun("渡轮七点出发");
    });

    it("goes through the hits with the arrow keys and closes with Esc", async () => {
      const { page } = ada;
      await open();
      await box.fill("");
      const marked = () => page.locator(".hit.marked").getAttribute("id");
      await until("the first", async () => (await marked()) === "search-0");
      await page.keyboard.press("ArrowDown");
      await until("the second", async () => (await marked()) === "search-1");
      await page.keyboard.press("End");
      const last = `search-${(await options.count()) - 1}`;
      await until("the last", async () => (await marked()) === last);
      await page.keyboard.press("ArrowDown");
      await until("the first again", async () => (await marked()) === "search-0");
      assert.equal(await box.getAttribute("aria-activedescendant"), "search-0");
      await page.keyboard.press("Escape");
      await box.waitFor({ state: "detached" });
    });

    it("an older answer never takes the place of a newer one", async () => {
      const { page } = ada;
      await open();
      let release;
      const held = new Promise((resolve) => (release = resolve));
      await page.route(/\/api\/search\?q=ferry&/, async (route) => {
        await held;
        await route.continue();
      });
      await box.fill("ferry");
      await box.fill("parse http header");
      await hits(1);
      await options.filter({ hasText: "folded lines" }).waitFor();
      const late = page.waitForResponse(/\/api\/search\?q=ferry&/);
      release();
      await (await late).finished();
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.equal(await options.filter({ hasText: "folded lines" }).count(), 1);
      assert.equal(await options.filter({ hasText: "ferry" }).count(), 0);
      await page.unroute(/\/api\/search\?q=ferry&/);
    });

    it("an Enter of the input method opens nothing", async () => {
      const { page } = ada;
      await open();
      await box.fill("码头");
      await hits(1);
      const address = page.url();
      for (const order of ["chromium", "safari"]) {
        await box.evaluate((input, order) => {
          const composition = (type) => input.dispatchEvent(new CompositionEvent(type, { bubbles: true, data: "头" }));
          const key = (isComposing, keyCode) =>
            input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing, keyCode, bubbles: true, cancelable: true }));
          composition("compositionstart");
          if (order === "safari") {
            composition("compositionend");
            key(false, 13);
          } else {
            key(true, 229);
            composition("compositionend");
          }
          input.dispatchEvent(new KeyboardEvent("keyup", { key: "Enter", bubbles: true }));
        }, order);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        assert.equal(await box.count(), 1, `the order of ${order} opened a chat`);
        assert.equal(page.url(), address);
      }
    });

    it("filters are offered and completed", async () => {
      const { page, chat } = ada;
      await open();
      await box.fill("");
      const filters = page.getByRole("group", { name: words.FILTERS, exact: true });
      await chat.press(filters.getByRole("button").first());
      await chat.press(filters.getByRole("button", { name: "harbour", exact: true }));
      await hits(1);
      await options.filter({ hasText: "Timetable" }).waitFor();
      assert.match(await box.inputValue(), /harbour $/);
      await ada.picture(`search-filter-${look.size}-${look.theme}`);
    });

    it("says what was not found, and widens the search", async () => {
      const { page, chat } = ada;
      await open();
      await box.fill("ferry tag:nothing");
      await page.getByText(fill(words.NOTHING, { query: "ferry tag:nothing" }), { exact: true }).waitFor();
      await ada.picture(`search-nothing-${look.size}-${look.theme}`);
      const widen = page.locator(".search-found .empty button");
      await chat.press(widen);
      await until("another search", async () => (await box.inputValue()) !== "ferry tag:nothing");
    });

    it("a search that did not get through says so and can be repeated", async () => {
      const { page, chat } = ada;
      await open();
      ada.allow(/search/);
      await page.route("**/api/search?*", (route) => route.abort());
      await box.fill("folded");
      await page.locator(".search-found .error-card").waitFor();
      await page.unroute("**/api/search?*");
      await chat.press(chat.button(ada.words.common.RETRY, page.locator(".search-found")));
      await hits(1);
      ada.settle();
    });
  });
}
