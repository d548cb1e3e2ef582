// What holds on every page: news for who looks elsewhere, sizes, contrast, lost connections, and nothing typed is lost.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { registerUser, serving, until } from "./support.mjs";
import { signIn, trySignIn } from "./path/door.mjs";
import { measure } from "./path/judge.mjs";
import { Visitor, lookAt, lookAway } from "./path/visitor.mjs";

const here = serving(["ok", "tokens-50-50", "tokens-400-50"], async ({ admin }) => {
  for (const name of ["bob", "cleo", "dora"]) await registerUser(admin, name);
});

/// Lets a signed-in person do something in a fresh browser.
async function as(username, look, story) {
  const visitor = await Visitor.arrive(here.browser, here.server.url, { size: "desktop", theme: "light", language: "en-US", reducedMotion: "reduce", ...look });
  try {
    await signIn(visitor, username);
    await story(visitor);
    visitor.settle();
  } finally {
    await visitor.close();
  }
}

const icon = (page) => page.evaluate(() => document.querySelector("link[rel=icon]").href);
const token = (page, name) => page.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);

describe("an answer that ends while nobody looks", () => {
  for (const [name, model] of [["at once", "tokens-50-50"], ["after the tab left its stream to others", "tokens-400-50"]]) {
    it(`is told in the title and on the icon, ${name}`, () =>
      as("bob", {}, async ({ page, chat }) => {
        await chat.choose(model);
        const before = await icon(page);
        // Before it is sent: an answer may be quicker than whoever turns away.
        await lookAway(page);
        await chat.send("count");
        await until("the title tells", async () => /^\(1\) /.test(await page.title()), 60_000);
        await until("the icon tells", async () => /^data:image\/png/.test(await icon(page)));
        await lookAt(page);
        await until("who looks is told no more", async () => !/^\(/.test(await page.title()) && (await icon(page)) === before);
        await chat.ended();
      }));
  }

  it("is no news for who looks on, nor when it was stopped", () =>
    as("bob", {}, async ({ page, chat }) => {
      await chat.choose("tokens-50-50");
      await chat.send("count");
      await chat.ended();
      assert.doesNotMatch(await page.title(), /^\(/);
    }));
});

describe("the size of everything", () => {
  for (const size of ["desktop", "phone"]) {
    it(`is chosen, kept, and there before the program, ${size}`, () =>
      as("bob", { size }, async ({ page, chat }) => {
        await page.goto("/settings/profile#scale");
        const font = () => page.locator("#scale h2").evaluate((title) => parseFloat(getComputedStyle(title).fontSize));
        const usual = await font();
        await page.locator("#choose-scale-150").check({ force: true });
        await until("larger", async () => Math.abs((await font()) - usual * 1.5) < 0.1);
        await measure(page, { touch: size === "phone" });
        await page.route("**/*_bg.wasm", () => {});
        await page.goto("/");
        assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), "24px");
        await page.unroute("**/*_bg.wasm");
        await page.goto("/");
        await chat.box.waitFor();
        await measure(page, { touch: size === "phone" });
        await chat.press(page.locator("button.model-chip"));
        await page.locator(".picker-row").first().waitFor();
        const rows = await page.locator(".picker-row").evaluateAll((rows) => rows.map((row) => [row.clientHeight, row.scrollHeight]));
        assert.ok(rows.every(([height, content]) => content <= height + 1), `rows of the picker overflow: ${rows}`);
        await page.goto("/settings/profile#scale");
        await page.locator("#choose-scale-100").check({ force: true });
        await until("as before", async () => (await font()) === usual);
      }));
  }
});

/// How many chats the list has that is scrolled at a large size.
const CHATS = 360;

describe("a list of several hundred chats at 150 %", () => {
  /// Goes down a list in steps. Every row keeps its distance to the row before, and wherever one stops there are rows.
  async function walk(page, box, lines) {
    const seen = new Map();
    for (let at = 0; ; at += 1) {
      const { rows, filled, end } = await page.evaluate(async ([box, lines, at]) => {
        const [list, all] = [document.querySelector(box), document.querySelector(lines)];
        list.scrollTop = at * list.clientHeight * 0.8;
        for (let frame = 0; frame < 3; frame += 1) await new Promise((next) => requestAnimationFrame(next));
        const { top, height, left, width } = list.getBoundingClientRect();
        const meets = (share) => Boolean(document.elementFromPoint(left + width / 2, top + height * share)?.closest(".chat-row, .line-more"));
        const from = all.getBoundingClientRect().top;
        const rows = [...all.querySelectorAll(".chat-row")].map((row) => [row.querySelector(".chat-title").textContent, row.getBoundingClientRect().top - from]);
        return { rows, filled: [0.3, 0.5, 0.7].map(meets), end: list.scrollTop + list.clientHeight >= list.scrollHeight - 1 };
      }, [box, lines, at]);
      if (end && seen.size >= CHATS) return seen;
      assert.deepEqual(filled, [true, true, true], `step ${at} shows an empty place`);
      for (const [title, top] of rows) {
        assert.ok(Math.abs(top - (seen.get(title) ?? top)) < 1, `${title} stood at ${seen.get(title)} and stands at ${top}`);
        seen.set(title, top);
      }
      // The next page of the list comes when it is nearly there.
      if (end) await until("more of the list, or all of it", () => page.evaluate(([box, all]) => {
        const list = document.querySelector(box);
        return all || list.scrollTop + list.clientHeight < list.scrollHeight - 1;
      }, [box, seen.size >= CHATS]));
    }
  }

  /// All rows are there, each as far below the other as a row is high at this size.
  function even(seen, row) {
    assert.equal(seen.size, CHATS);
    const tops = [...seen.values()].sort((a, b) => a - b);
    tops.slice(1).forEach((top, at) => assert.ok(Math.abs(top - tops[at] - row) < 1, `row ${at} is ${top - tops[at]} high`));
  }

  for (const [name, size, row] of [["cleo", "desktop", 54], ["dora", "phone", 66]]) {
    it(`is scrolled evenly beside the chat and in the archive, ${size}`, () =>
      as(name, { size }, async (visitor) => {
        const { page, chat } = visitor;
        const ids = await page.evaluate(async (count) => {
          const headers = { "content-type": "application/json", "x-aichat-request": "1" };
          const make = (title) => fetch("/api/sessions", { method: "POST", headers, body: JSON.stringify({ title }) }).then((answer) => answer.json());
          const ids = [];
          for (let at = 0; at < count; at += 1) ids.push((await make(`chat ${at}`)).id);
          return ids;
        }, CHATS);
        await page.goto("/settings/profile#scale");
        await page.locator("#choose-scale-150").check({ force: true });
        await page.goto("/");
        if (chat.isPhone) await chat.openList();
        await page.locator(".sidebar .chat-row").first().waitFor();
        even(await walk(page, ".sidebar-list", ".sidebar-list .lines"), row);
        await visitor.picture(`everywhere-list-150-${size}`);
        for (let at = 0; at < ids.length; at += 180) {
          await visitor.api("/api/sessions/bulk", { method: "POST", body: { ids: ids.slice(at, at + 180), action: "archive" } });
        }
        await page.goto("/archive");
        await page.locator(".archive .chat-row").first().waitFor();
        even(await walk(page, ".archive", ".archive .lines"), row);
        visitor.settle();
      }));
  }
});

describe("devices that ask for it", () => {
  it("get more contrast", () =>
    as("bob", {}, async ({ page }) => {
      assert.notEqual(await token(page, "--text-3"), await token(page, "--text"));
      await page.emulateMedia({ contrast: "more" });
      await until("the quiet text is as strong", async () => (await token(page, "--text-3")) === (await token(page, "--text")));
    }));

  it("get no motion", () =>
    as("bob", { reducedMotion: "no-preference" }, async ({ page }) => {
      assert.notEqual(await token(page, "--drawer"), "0ms");
      await page.emulateMedia({ reducedMotion: "reduce" });
      await until("nothing moves", async () => (await token(page, "--drawer")) === "0ms");
    }));
});

describe("the settings", () => {
  it("say that the connection is lost, and keep what is typed through that", () =>
    as("ada", {}, async (visitor) => {
      const { page, words } = visitor;
      visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
      await page.goto("/settings/system");
      const field = page.locator("#instructions-field");
      await field.fill("half a thought");
      await visitor.context.setOffline(true);
      await page.getByRole("status").getByText(words.settings.RECONNECTING, { exact: true }).waitFor();
      await visitor.context.setOffline(false);
      await page.getByText(words.settings.RECONNECTING, { exact: true }).waitFor({ state: "detached" });
      assert.equal(await field.inputValue(), "half a thought");
    }));

  it("keep what is typed while one looks elsewhere, and ask before the program is left", () =>
    as("ada", {}, async ({ page, chat }) => {
      const field = page.locator("#instructions-field");
      const kept = () => until("it is there still", async () => (await field.inputValue()) === "not saved yet");
      await page.goto("/settings/system");
      await field.fill("not saved yet");
      await page.locator("a[href='/settings/people']").click();
      await page.locator(".row-title").first().waitFor();
      await page.locator("a[href='/settings/system']").click();
      await kept();
      await page.locator(".settings-leave").click();
      await chat.box.waitFor();
      const asked = page.waitForEvent("dialog");
      // The page goes nowhere until the question is answered.
      const left = page.evaluate(() => location.reload());
      const dialog = await asked;
      assert.equal(dialog.type(), "beforeunload");
      await dialog.dismiss();
      await left;
      await page.goBack();
      await kept();
      await field.fill("");
      await page.reload();
      await field.waitFor();
    }));

  it("show nobody what another person typed at the same tab", () =>
    as("ada", {}, async (visitor) => {
      const { page, chat, words } = visitor;
      const field = page.locator("#about-field");
      const profile = async () => {
        await page.locator("button.person").click();
        await page.locator(".person-menu a[href='/settings']").click();
        await field.waitFor();
      };
      await profile();
      await field.fill("mine alone");
      await page.locator(".settings-leave").click();
      await page.locator("button.person").click();
      await chat.button(words.chat.SIGN_OUT).click();
      await page.locator("#username").waitFor();
      await trySignIn(visitor, "bob");
      await chat.box.waitFor();
      await profile();
      assert.equal(await field.inputValue(), "");
    }));

  it("follow what another administrator changed, but never over what is typed", () =>
    as("ada", {}, async ({ page }) => {
      await page.goto("/settings/system");
      const [name, runs] = [page.locator("#brand-name-field"), page.locator("#runs-per-user-field")];
      await name.fill("Typed");
      await here.admin.ok("PUT", "/api/settings/system/runs_per_user", { value: 7 });
      await until("the other value follows", async () => (await runs.inputValue()) === "7");
      assert.equal(await name.inputValue(), "Typed");
      await here.admin.ok("PUT", "/api/settings/system/brand_name", { value: "Elsewhere" });
      await until("the name is elsewhere", async () => /Elsewhere$/.test(await page.title()));
      assert.equal(await name.inputValue(), "Typed");
      await name.fill("Elsewhere");
      await here.admin.ok("PUT", "/api/settings/system/brand_name", { value: "AIChat" });
      await until("an untouched field follows", async () => (await name.inputValue()) === "AIChat");
    }));
});

describe("a tab of somebody who signed out in another one", () => {
  it("leads to the door when it is looked at", () =>
    as("bob", {}, async (visitor) => {
      const { page } = visitor;
      await lookAway(page);
      const other = await visitor.context.newPage();
      await other.goto("/settings/profile");
      await other.locator("#sign-out button").click();
      await other.waitForURL("**/auth/login");
      await other.close();
      await lookAt(page);
      await page.waitForURL("**/auth/login*");
    }));
});
