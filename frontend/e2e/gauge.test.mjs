// What stands around the text: how full the context is, how an answer is asked for, what the model is told in this chat.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { letIn } from "./path/let-in.mjs";
import { fill, pattern } from "./path/words.mjs";

const here = serving([], async ({ admin }) => {
  const catalogue = await admin.ok("GET", "/api/catalog?q=echo");
  const echo = catalogue.items.find(({ name }) => name === "echo");
  const facts = { webSearch: true, efforts: ["low", "high"], vision: true };
  await admin.ok("PATCH", `/api/catalog/${echo.id}`, { overrides: { label: "Echo of all", description: "Repeats", facts } });
});

/// A text of about so many tokens.
const long = (tokens) => "The ferry leaves at seven. ".repeat(Math.ceil(tokens / 6));

for (const look of [
  { size: "desktop", theme: "dark", language: "zh-CN" },
  { size: "phone", theme: "light", language: "en-US" },
]) {
  describe(`around the text, ${look.size}, ${look.language}`, () => {
    let ada;
    let ring;

    letIn(here, look, (visitor) => {
      ada = visitor;
      ring = ada.page.locator("button.gauge");
    });

    beforeEach(async () => {
      await ada.page.goto("/");
      await ada.page.locator(".welcome").waitFor();
    });

    const share = async () => Number(/\d+/.exec(await ring.getAttribute("aria-label"))[0]);

    it("the ring follows what is typed, what is answered and the model", async () => {
      const { chat, page, words } = ada;
      await chat.choose("ctx-4k");
      await chat.box.fill("short");
      assert.equal(await ring.count(), 0);
      await chat.box.fill(long(2600));
      await ring.waitFor();
      const typed = await share();
      assert.ok(typed >= 50, `${typed} %`);
      await chat.press(chat.sendButton);
      await chat.ended();
      await ring.waitFor();
      const stored = await share();
      assert.ok(stored >= 50, `${stored} %`);
      await chat.press(ring);
      const facts = page.locator(".gauge-facts");
      await facts.getByText(words.chat.GAUGE_USED, { exact: true }).waitFor();
      await facts.getByText(words.chat.GAUGE_LIMIT, { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await facts.waitFor({ state: "detached" });
      await until("the focus is back", () => ring.evaluate((ring) => ring === document.activeElement));
      await chat.box.fill(long(1500));
      await until("it is over the limit", async () => (await share()) > 100);
      await chat.press(ring);
      await facts.locator(".gauge-note", { hasText: pattern(words.chat.GAUGE_WILL_OUT) }).or(facts.locator(".gauge-note")).first().waitFor();
      assert.match(await facts.locator(".gauge-note").innerText(), pattern(words.chat.GAUGE_WILL_OUT));
      await page.keyboard.press("Escape");
      await chat.box.fill("");
      await chat.choose("inspect");
      await ring.waitFor({ state: "detached" });
      ada.settle();
    });

    it("what the model can do more is offered, remembered in this tab, and sent", async () => {
      const { chat, page, words } = ada;
      await chat.choose("ok");
      const search = chat.button(words.chat.SEARCH_WEB);
      assert.equal(await search.count(), 0);
      await chat.choose("Echo of all");
      await chat.press(search);
      const effort = (name) => chat.button(fill(words.chat.EFFORT, { effort: name }));
      await chat.press(effort(words.chat.EFFORT_MODEL));
      await chat.press(page.getByRole("menuitemradio", { name: words.chat.EFFORT_HIGH, exact: true }));
      await effort(words.chat.EFFORT_HIGH).waitFor();
      const sent = page.waitForRequest(/\/api\/chat\/runs$/);
      await chat.send("look it up");
      const { effort: asked, webSearch } = (await sent).postDataJSON();
      assert.deepEqual([asked, webSearch], ["high", true]);
      await chat.ended();
      await page.reload();
      await effort(words.chat.EFFORT_HIGH).waitFor();
      assert.equal(await search.getAttribute("aria-pressed"), "true");
      await chat.fresh();
      assert.equal(await search.getAttribute("aria-pressed"), "false", "another chat is asked in its own way");
      ada.settle();
    });

    it("a chat has instructions of its own", async () => {
      const { chat, page, words } = ada;
      await chat.choose("inspect");
      await chat.send("hello");
      await chat.ended();
      const open = async () => {
        await chat.press(page.locator("button.head-title"));
        await chat.press(page.getByRole("menuitem", { name: words.chat.INSTRUCTIONS, exact: true }));
        return page.locator("dialog #instructions");
      };
      await (await open()).fill("Answer like a {{model}} pirate.");
      await chat.press(chat.button(words.common.SAVE, page.locator("dialog")));
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.getByRole("img", { name: words.chat.INSTRUCTIONS_THERE }).waitFor();
      await chat.send("again");
      await chat.ended();
      assert.match(await chat.last.innerText(), /system: .*Answer like a inspect pirate\./);
      await page.reload();
      const text = await open();
      assert.equal(await text.inputValue(), "Answer like a {{model}} pirate.");
      await text.fill("");
      await chat.press(chat.button(words.common.SAVE, page.locator("dialog")));
      await page.getByRole("img", { name: words.chat.INSTRUCTIONS_THERE }).waitFor({ state: "detached" });
      ada.settle();
    });
  });
}
