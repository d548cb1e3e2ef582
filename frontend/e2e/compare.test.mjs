// Several models answer one message: they are ticked in the list, write side by side, and one is chosen to go on.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { plain } from "./path/chat.mjs";
import { stored, textOf } from "./path/equal.mjs";
import { measure, violations } from "./path/judge.mjs";
import { letIn } from "./path/let-in.mjs";
import { fill, pattern } from "./path/words.mjs";

const here = serving(["ok", "echo", "tokens-90-8", "tokens-60-6", "stall-after-4", "429"]);

for (const look of [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
]) {
  describe(`several models, ${look.size}, ${look.language}`, () => {
    const name = `compare-${look.size}-${look.language}`;
    let ada;

    letIn(here, look, (visitor) => (ada = visitor));

    beforeEach(async () => {
      await ada.page.goto("/");
      await ada.page.locator(".welcome").waitFor();
    });

    const chip = () => ada.page.locator("button.model-chip");
    const list = () => ada.page.getByRole("dialog", { name: ada.words.chat.CHOOSE_MODEL });
    const columns = () => ada.page.locator(".column");
    const text = async (column) => plain((await column.locator(".answer > .markdown").allInnerTexts()).join(" "));
    const option = (model) => {
      const named = ada.page.locator(".picker-name").filter({ hasText: pattern(model) });
      return list().getByRole("option").filter({ has: named }).first();
    };

    /// Chooses a first model and further ones.
    async function choose(first, ...others) {
      const { chat, page, words } = ada;
      await chat.choose(first);
      await chat.press(chip());
      const begin = chat.button(words.compare.COMPARE, list());
      if (await begin.count()) await chat.press(begin);
      for (const model of others) {
        await list().getByRole("combobox").fill(model);
        await chat.press(option(model));
        await page.locator('.picker-row[aria-selected="true"] .tick.on').first().waitFor();
      }
      await list().getByRole("combobox").fill("");
    }

    async function done(count) {
      const { chat, words } = ada;
      await chat.press(chat.button(words.compare.DONE, list()));
      await list().waitFor({ state: "detached" });
      await chat.settled();
      await chip().filter({ hasText: fill(words.compare.MODELS, { count }) }).waitFor();
    }

    async function goOn(place) {
      await ada.chat.press(columns().nth(place).locator(":is(.column-head, .column-foot) button:visible").first());
      await columns().first().waitFor({ state: "detached" });
    }

    it("are ticked in the list, by hand and by keys, and one is the way back", async () => {
      const { chat, page, words } = ada;
      await choose("ok", "echo");
      assert.deepEqual(await violations(page), []);
      await ada.picture(`${name}-picker`);
      if (!chat.isPhone) {
        const box = list().getByRole("combobox");
        await box.fill("429");
        await box.press("Enter");
        await until("three are chosen", () => page.locator(".picker-count", { hasText: fill(words.compare.CHOSEN, { count: 3, most: 3 }) }).count());
        await box.press("Enter");
        await box.fill("");
        await until("two are chosen", () => page.locator(".picker-count", { hasText: fill(words.compare.CHOSEN, { count: 2, most: 3 }) }).count());
        assert.equal(await page.locator('#picker-list[aria-multiselectable="true"]').count(), 1);
      }
      await done(2);
      assert.match(await chip().getAttribute("data-tip"), /ok.*echo/);
      await page.reload();
      await chip().filter({ hasText: fill(words.compare.MODELS, { count: 2 }) }).waitFor();
      await chat.press(chip());
      await chat.press(chat.button(words.compare.ONE, list()));
      await page.keyboard.press("Escape");
      await chip().filter({ hasText: pattern("ok") }).waitFor();
      await chat.settled();
      ada.settle();
    });

    it("write side by side, survive a reload, and the chosen one is what the chat goes on from", async () => {
      const { chat, page, words } = ada;
      await choose("tokens-90-8", "tokens-60-6");
      await done(2);
      await page.evaluate(() => {
        window.shifted = [];
        const element = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node);
        const note = (entries) => {
          for (const { value, sources } of entries.getEntries()) {
            for (const { node } of sources) if (node && element(node).closest(".columns")) window.shifted.push(`${value.toFixed(4)} ${element(node).outerHTML.slice(0, 120)}`);
          }
        };
        new PerformanceObserver(note).observe({ type: "layout-shift" });
      });
      await chat.send("count");
      await until("both write", async () => {
        const texts = await Promise.all([0, 1].map((place) => text(columns().nth(place))));
        return texts.every((text) => text.includes("w3"));
      });
      const names = await page.locator(".column-name").allInnerTexts();
      assert.deepEqual(names, ["tokens-90-8", "tokens-60-6"]);
      assert.deepEqual(await violations(page), []);
      await measure(page, { touch: chat.isPhone });
      await ada.picture(`${name}-streaming`);
      assert.deepEqual(await page.evaluate(() => window.shifted), [], "the layout shifted");
      await page.reload();
      await until("both go on", async () => {
        if ((await columns().count()) !== 2) return false;
        const texts = await Promise.all([0, 1].map((place) => text(columns().nth(place))));
        return texts.every((text) => text.startsWith("w0") && text.includes("w12"));
      });
      await chat.ended();
      for (const place of [0, 1]) await columns().nth(place).locator(".answer[aria-busy=false]").waitFor();
      const [first, second] = await Promise.all([0, 1].map((place) => text(columns().nth(place))));
      assert.ok(first.endsWith("w89") && second.endsWith("w59"), `${first} / ${second}`);
      assert.deepEqual(await violations(page), []);
      await ada.picture(`${name}-ended`);
      // Nobody has decided: it stays so.
      await page.reload();
      await until("both are here", async () => (await columns().count()) === 2 && (await text(columns().nth(1))).endsWith("w59"));

      await goOn(1);
      assert.equal(await chat.text(), second);
      await until("it is the chat's", async () => textOf((await stored(ada)).at(-1)).trim().endsWith("w59"));
      await chat.last.locator(".versions", { hasText: "2/2" }).waitFor({ state: "attached" });
      await ada.picture(`${name}-chosen`);
      if (!chat.isPhone) {
        await chat.press(chat.button(words.chat.VERSION_BEFORE, chat.last));
        await until("the other version", async () => (await chat.text()) === first);
        await chat.press(chat.button(words.compare.SIDE_BY_SIDE, chat.last));
        await until("columns again", async () => (await columns().count()) === 2 && (await text(columns().nth(1))) === second);
        await goOn(1);
      }
      // Several answer until somebody chooses anew; one is a press away.
      await chat.press(chip());
      await chat.press(chat.button(words.compare.ONE, list()));
      await chat.pick("echo");
      await chat.send("next");
      await chat.ended();
      const path = await stored(ada);
      assert.deepEqual(path.map(textOf).map((text) => text.trim().split(" ").at(-1)), ["count", "w59", "next", "next"]);
      ada.settle();
    });

    it("each fails by itself, Stop stops all, and the next message closes the columns", async () => {
      const { chat, page } = ada;
      await choose("ok", "429", "stall-after-4");
      await done(3);
      await chat.send("three");
      await columns().nth(2).locator(".markdown", { hasText: "w3" }).first().waitFor();
      await columns().nth(1).locator(".error-card").waitFor();
      assert.deepEqual(await violations(page), []);
      await ada.picture(`${name}-three`);
      await chat.press(chat.stopButton);
      await columns().nth(2).locator(".turn-note").waitFor();
      await chat.sendButton.waitFor();
      await chat.send("four");
      await until("the columns of the next message", async () => (await columns().count()) === 3 && (await chat.questions.count()) === 2);
      await columns().nth(2).locator(".markdown", { hasText: "w3" }).first().waitFor();
      await goOn(0);
      await chat.ended();
      assert.equal((await stored(ada)).length, 4);
      ada.settle();
    });
  });
}
