// Order among chats, as a person makes it: pins, folders, tags, the archive, several at once, temporary chats, what is
// unread. Chats are made past the screen; what is done with them is done on it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serving, until } from "./support.mjs";
import { measure, violations } from "./path/judge.mjs";
import { letIn } from "./path/let-in.mjs";
import { fill } from "./path/words.mjs";

const here = serving(["echo", "tokens-6000-50"]);

const LOOKS = [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
];

for (const look of LOOKS) {
  describe(`order among chats, ${look.size}, ${look.language}`, () => {
    let ada;
    let words;
    /// Chats by their title.
    let made;

    letIn(here, look, async (visitor) => {
      ada = visitor;
      words = ada.words.organize;
      await clear();
      made = {};
      for (const title of ["alpha", "beta", "gamma", "delta"]) {
        made[title] = (await ada.api("/api/sessions", { method: "POST", body: { title } })).id;
      }
      await showList();
    });

    /// Takes away what another size of screen left.
    async function clear() {
      for (const query of ["", "&archived=true"]) {
        for (;;) {
          const { items } = await ada.api(`/api/sessions?limit=200${query}`);
          if (items.length === 0) break;
          await ada.api("/api/sessions/bulk", { method: "POST", body: { ids: items.map(({ id }) => id), action: "delete" } });
        }
      }
      for (const { id } of await folders()) await ada.api(`/api/folders/${id}`, { method: "DELETE" });
    }

    const folders = () => ada.api("/api/folders");
    const session = (title) => ada.api(`/api/sessions/${made[title]}`);
    const row = (title) => ada.page.locator(".sidebar .chat-row").filter({ has: ada.page.locator(".chat-title", { hasText: title }) });
    const folder = (name) => ada.page.locator(".folder-line").filter({ has: ada.page.locator(".chat-title", { hasText: name }) });

    async function showList() {
      const { page, chat } = ada;
      if (chat.isPhone && !(await page.locator(".app.drawn").count())) await chat.openList();
      await page.locator(".person").waitFor();
    }

    /// Opens the menu of a row and chooses.
    async function choose(line, buttonName, action) {
      const { page, chat } = ada;
      await showList();
      if (!chat.isPhone) await line.hover();
      await chat.press(chat.button(buttonName, line));
      await chat.press(page.getByRole("menuitem", { name: action, exact: true }));
    }

    const act = (title, action) => choose(row(title), fill(ada.words.chat.ROW_ACTIONS, { title }), action);
    const press = (name, within) => ada.chat.press(ada.chat.button(name, within));
    /// Undoes what was done last.
    const undo = () => ada.chat.press(ada.chat.button(ada.words.common.UNDO).last());

    /// The titles of the list from the top, headings and folders in brackets.
    const order = () =>
      ada.page.locator(".sidebar .lines > *").evaluateAll((lines) =>
        lines.map((line) => {
          const text = (line.querySelector(".chat-title") ?? line).textContent.trim();
          return line.matches(".folder-line, h2") ? `[${text}]` : text;
        }));

    const becomes = (what, expected) =>
      until(what, async () => JSON.stringify(await order()) === JSON.stringify(expected)).catch(async () => assert.deepEqual(await order(), expected, what));

    it("a pinned chat stands on top, and its mark is taken away again", async () => {
      await act("beta", words.PIN);
      await becomes("pinned", [`[${words.PINNED}]`, "beta", `[${ada.words.chat.TODAY}]`, "delta", "gamma", "alpha"]);
      await until("stored", async () => (await session("beta")).pinnedAt);
      await act("beta", words.UNPIN);
      await becomes("unpinned", [`[${ada.words.chat.TODAY}]`, "delta", "gamma", "beta", "alpha"]);
    });

    it("a folder is made, takes a chat, opens, closes and is remembered", async () => {
      const { page, chat } = ada;
      await showList();
      await press(words.LIST_MENU);
      await chat.press(page.getByRole("menuitem", { name: words.NEW_FOLDER, exact: true }));
      await press(ada.words.common.SAVE);
      await page.getByText(words.FOLDER_NAMELESS, { exact: true }).waitFor();
      await page.locator("#folder-name").fill("Work 工作");
      await page.locator("#folder-instructions").fill("Answer in one sentence.");
      await press(ada.words.common.SAVE);
      await folder("Work 工作").waitFor();
      await page.getByText(words.FOLDER_EMPTY, { exact: true }).waitFor();
      assert.equal((await folders())[0].instructions, "Answer in one sentence.");
      await act("alpha", words.MOVE);
      await chat.press(page.locator(".move-rows button", { hasText: "Work 工作" }));
      await becomes("moved", [`[${words.FOLDERS}]`, "[Work 工作]", "alpha", `[${ada.words.chat.TODAY}]`, "delta", "gamma", "beta"]);
      await chat.press(folder("Work 工作").locator(".chat-link"));
      await row("alpha").waitFor({ state: "detached" });
      await page.reload();
      await showList();
      await folder("Work 工作").waitFor();
      assert.equal(await row("alpha").count(), 0);
      await chat.press(folder("Work 工作").locator(".chat-link"));
      await row("alpha").waitFor();
      await page.reload();
      await showList();
      await row("alpha").waitFor();
      await ada.picture(`organise-folders-${look.size}-${look.theme}`);
    });

    if (look.size === "desktop") {
      it("a chat is dragged into a folder and out of it", async () => {
        await row("gamma").locator(".chat-link").dragTo(folder("Work 工作"));
        await until("stored", async () => (await session("gamma")).folderId);
        await becomes("moved", [`[${words.FOLDERS}]`, "[Work 工作]", "gamma", "alpha", `[${ada.words.chat.TODAY}]`, "delta", "beta"]);
        await row("gamma").locator(".chat-link").dragTo(row("beta"));
        await until("stored", async () => !(await session("gamma")).folderId);
        await becomes("moved out", [`[${words.FOLDERS}]`, "[Work 工作]", "alpha", `[${ada.words.chat.TODAY}]`, "delta", "gamma", "beta"]);
      });

      it("the arrow keys go through the list, and a right click opens the actions", async () => {
        const { page } = ada;
        await row("delta").locator(".chat-link").focus();
        await page.keyboard.press("ArrowDown");
        assert.equal(await row("gamma").locator(".chat-link").evaluate((link) => link === document.activeElement), true);
        await row("gamma").locator(".chat-link").click({ button: "right" });
        await page.getByRole("menu").waitFor();
        await page.keyboard.press("Escape");
        await page.getByRole("menu").waitFor({ state: "detached" });
      });
    }

    it("a chat is renamed in place, and Esc leaves it as it was", async () => {
      const { page } = ada;
      const field = page.getByLabel(ada.words.chat.TITLE, { exact: true });
      await act("delta", ada.words.chat.RENAME);
      await field.fill("nothing");
      await page.keyboard.press("Escape");
      await row("delta").waitFor();
      await act("delta", ada.words.chat.RENAME);
      await field.fill("delta 四");
      await page.keyboard.press("Enter");
      await row("delta 四").waitFor();
      await until("stored", async () => (await session("delta")).title === "delta 四");
    });

    it("tags are added, offered again and taken away", async () => {
      const { page, chat } = ada;
      await act("beta", words.TAGS);
      await page.locator("#tag").fill("渡轮");
      await page.keyboard.press("Enter");
      await page.locator("#tag").fill("Rust");
      await press(ada.words.common.SAVE);
      await page.locator("dialog[open]").waitFor({ state: "detached" });
      assert.deepEqual((await session("beta")).tags.toSorted(), ["Rust", "渡轮"].toSorted());
      await act("gamma", words.TAGS);
      await chat.press(page.getByRole("group", { name: words.TAG_KNOWN }).getByRole("button", { name: "Rust", exact: true }));
      await press(ada.words.common.SAVE);
      await until("stored", async () => (await session("gamma")).tags?.length === 1);
      await act("beta", words.TAGS);
      await press(fill(words.TAG_REMOVE, { tag: "渡轮" }));
      await ada.picture(`organise-tags-${look.size}-${look.theme}`);
      await press(ada.words.common.SAVE);
      await until("stored", async () => (await session("beta")).tags?.join() === "Rust");
    });

    it("an archived chat leaves the list, comes back with Undo, and from the archive", async () => {
      const { page, chat } = ada;
      await act("beta", words.ARCHIVE_CHAT);
      await row("beta").waitFor({ state: "detached" });
      await undo();
      await row("beta").waitFor();
      await act("beta", words.ARCHIVE_CHAT);
      await until("stored", async () => (await session("beta")).archivedAt);
      await page.goto("/archive");
      await page.getByRole("heading", { name: words.ARCHIVE, exact: true }).waitFor();
      const archived = page.locator(".archive .chat-row").filter({ hasText: "beta" });
      await archived.waitFor();
      await ada.picture(`organise-archive-${look.size}-${look.theme}`);
      if (!chat.isPhone) await archived.hover();
      await chat.press(chat.button(fill(ada.words.chat.ROW_ACTIONS, { title: "beta" }), archived));
      await chat.press(page.getByRole("menuitem", { name: words.UNARCHIVE, exact: true }));
      await page.getByText(words.ARCHIVE_EMPTY, { exact: true }).waitFor();
      await showList();
      await row("beta").waitFor();
    });

    it("several chats are archived, moved and deleted at once, and come back", async () => {
      const { page, chat } = ada;
      const pick = async (titles) => {
        await act(titles[0], words.CHOOSE);
        for (const title of titles.slice(1)) await chat.press(page.getByLabel(fill(words.CHOOSE_THIS, { title }), { exact: true }));
        await page.getByText(fill(words.CHOSEN, { count: titles.length }), { exact: true }).waitFor();
      };
      await pick(["beta", "gamma"]);
      await ada.picture(`organise-chosen-${look.size}-${look.theme}`);
      await press(ada.words.chat.DELETE, page.locator(".chosen"));
      await row("gamma").waitFor({ state: "detached" });
      await undo();
      await row("beta").waitFor();
      await row("gamma").waitFor();
      await pick(["beta", "gamma"]);
      await press(words.ARCHIVE_CHAT, page.locator(".chosen"));
      await until("stored", async () => (await session("gamma")).archivedAt);
      await undo();
      await row("gamma").waitFor();
      await until("stored", async () => !(await session("gamma")).archivedAt);
      await pick(["beta", "gamma"]);
      await press(words.MOVE, page.locator(".chosen"));
      await chat.press(page.locator(".move-rows button", { hasText: "Work 工作" }));
      await until("stored", async () => (await session("beta")).folderId && (await session("gamma")).folderId);
    });

    it("a closed folder says that something goes on in it, also after a reload", async () => {
      const { page, chat } = ada;
      const dot = (kind) => folder("Work 工作").locator(`.${kind}-dot`);
      const closes = async () => {
        const line = folder("Work 工作").locator(".chat-link");
        if ((await line.getAttribute("aria-expanded")) === "true") await chat.press(line);
      };
      await page.goto("/");
      await page.locator(".welcome").waitFor();
      await showList();
      await closes();
      const run = await ada.api("/api/chat/runs", { method: "POST", body: { sessionId: made.beta, content: "a long one", model: "tokens-6000-50" } });
      await dot("working").waitFor();
      await page.reload();
      await showList();
      await dot("working").waitFor();
      await ada.api(`/api/chat/runs/${run.runId}/stop`, { method: "POST", body: {} });
      await dot("unread").waitFor();
      await page.reload();
      await showList();
      await dot("unread").waitFor();
      await ada.api(`/api/sessions/${made.beta}`, { method: "PATCH", body: { unread: false } });
      await dot("unread").waitFor({ state: "detached" });
      await chat.press(folder("Work 工作").locator(".chat-link"));
      await row("beta").waitFor();
    });

    it("parts of the list that do not come say so in their place, and come with Retry", async () => {
      const { page, chat } = ada;
      const fails = /\/api\/folders$|\/api\/sessions\?.*(pinned=true|folder=(?!none))/;
      const failed = page.locator(".sidebar .line-failed");
      ada.allow(/500/);
      await ada.api(`/api/sessions/${made.delta}`, { method: "PATCH", body: { pinned: true } });
      // The first answer brings both as a rule; without them each is asked for by itself.
      await page.route("**/api/bootstrap", async (route) => {
        const response = await route.fetch();
        const { start, ...rest } = await response.json();
        await route.fulfill({ response, json: rest });
      });
      const refusal = { code: "internal", message: "internal error", requestId: "x" };
      await page.route(fails, (route) => route.fulfill({ status: 500, json: refusal }));
      await page.goto("/");
      await showList();
      for (const part of [words.PINNED, words.FOLDERS]) await failed.filter({ hasText: part }).waitFor();
      assert.equal(await folder("Work 工作").count(), 0);
      await ada.picture(`organise-failed-${look.size}-${look.theme}`);
      await measure(page, { touch: chat.isPhone });
      await page.unroute("**/api/bootstrap");
      await page.unroute(fails);
      await press(ada.words.common.RETRY, failed.first());
      await row("delta").waitFor();
      await press(ada.words.common.RETRY, failed.first());
      await folder("Work 工作").waitFor();
      // It was left open, and what lies in it was asked for before it was there itself.
      await press(ada.words.common.RETRY, failed.first());
      await row("beta").waitFor();
      await until("nothing is missing", async () => (await failed.count()) === 0);
      await page.route(fails, (route) => route.fulfill({ status: 500, json: refusal }));
      await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("aichat.folders.")).forEach((key) => localStorage.removeItem(key)));
      await page.reload();
      await showList();
      await chat.press(folder("Work 工作").locator(".chat-link"));
      await failed.waitFor();
      await page.unroute(fails);
      await press(ada.words.common.RETRY, failed);
      await row("alpha").waitFor();
      await failed.waitFor({ state: "detached" });
      await ada.api(`/api/sessions/${made.delta}`, { method: "PATCH", body: { pinned: false } });
    });

    it("a chat that is begun in a folder lies there", async () => {
      const { page, chat } = ada;
      await choose(folder("Work 工作"), fill(words.FOLDER_ACTIONS, { name: "Work 工作" }), words.NEW_CHAT_HERE);
      await page.getByText(fill(words.IN_FOLDER, { folder: "Work 工作" }), { exact: true }).waitFor();
      await chat.send("a chat of the folder");
      await chat.ended();
      const { folderId } = await ada.api(`/api/sessions/${chat.sessionId}`);
      assert.equal(folderId, (await folders())[0].id);
      await chat.fresh();
      assert.equal(await page.locator(".kind-mark").count(), 0, "the next chat lies in no folder");
    });

    it("a folder is deleted, and its chats stay", async () => {
      const { page } = ada;
      await choose(folder("Work 工作"), fill(words.FOLDER_ACTIONS, { name: "Work 工作" }), words.FOLDER_DELETE);
      await press(words.FOLDER_DELETE, page.locator("dialog[open]"));
      await folder("Work 工作").waitFor({ state: "detached" });
      await row("gamma").waitFor();
      assert.deepEqual(await folders(), []);
    });

    it("a temporary chat says so, is in no list, and can be kept", async () => {
      const { page, chat } = ada;
      await page.goto("/");
      await page.locator(".welcome").waitFor();
      if (chat.isPhone) await press(words.TEMPORARY);
      else await page.keyboard.press("Control+Shift+Quote");
      await page.getByText(words.TEMPORARY_MARK, { exact: true }).waitFor();
      await chat.send("between us");
      await chat.ended();
      const id = chat.sessionId;
      assert.equal((await ada.api(`/api/sessions/${id}`)).temporary, true);
      await ada.picture(`organise-temporary-${look.size}-${look.theme}`);
      await showList();
      assert.equal(await page.locator(`.sidebar a[href="/c/${id}"]`).count(), 0);
      await page.goto(`/c/${id}`);
      await press(words.KEEP);
      await page.getByText(words.TEMPORARY_MARK, { exact: true }).waitFor({ state: "detached" });
      await showList();
      await page.locator(`.sidebar a[href="/c/${id}"]`).waitFor();
    });

    it("an answer that nobody saw leaves a dot, which goes when somebody looks", async () => {
      const { page, chat } = ada;
      await page.goto("/");
      await page.locator(".welcome").waitFor();
      await showList();
      await ada.api("/api/chat", { method: "POST", body: { sessionId: made.alpha, content: "while nobody looks" } });
      await row("alpha").locator(".unread-dot").waitFor();
      await page.reload();
      await showList();
      await row("alpha").locator(".unread-dot").waitFor();
      await chat.press(row("alpha").locator(".chat-link"));
      await chat.begun("while nobody looks");
      await until("seen", async () => !(await session("alpha")).unread);
      await ada.api("/api/chat", { method: "POST", body: { sessionId: made.alpha, content: "while somebody looks" } });
      await chat.begun("while somebody looks");
      await until("seen", async () => !(await session("alpha")).unread);
      await showList();
      await row("alpha").locator(".unread-dot").waitFor({ state: "detached" });
    });

    it("of a long list only what is near the screen is drawn, and its end can be reached", async () => {
      const { page } = ada;
      const titles = Array.from({ length: 400 }, (_, number) => `long ${number}`);
      for (const title of titles) await here.admin.ok("POST", "/api/sessions", { title });
      await page.goto("/");
      await showList();
      await row("long 399").waitFor();
      const list = page.locator(".sidebar-list");
      await until("the end of the list", async () => {
        await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
        return (await row("alpha").count()) + (await row("gamma").count()) > 0;
      });
      const drawn = await page.locator(".sidebar .chat-row").count();
      assert.ok(drawn < 150, `${drawn} rows are drawn`);
      await list.evaluate((box) => box.scrollTo(0, 0));
      await row("long 399").waitFor();
    });

    it("everybody can use it", async () => {
      const { page } = ada;
      await showList();
      await measure(page, { touch: ada.chat.isPhone });
      assert.deepEqual(await violations(page), []);
      ada.settle();
    });
  });
}
