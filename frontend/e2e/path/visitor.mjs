// A person at a device: one fresh profile, one tab in front. Every fault that the browser notices belongs to a step.
import assert from "node:assert/strict";
import { openContext, picture } from "../support.mjs";
import { ChatScreen } from "./chat.mjs";
import { words } from "./words.mjs";

export class Visitor {
  /// Opens a fresh profile that looks at `base`.
  static async arrive(browser, base, look) {
    const visitor = new Visitor();
    visitor.base = base;
    visitor.look = look;
    visitor.words = words(look.language);
    visitor.opened = await openContext(browser, base, look);
    visitor.context = visitor.opened.context;
    visitor.seen = 0;
    visitor.allowed = [];
    await visitor.tab();
    return visitor;
  }

  /// A fresh tab, which the following steps look at.
  async tab() {
    this.page = await this.opened.page();
    this.chat = new ChatScreen(this.page, this.look, this.words);
    return this.page;
  }

  /// Names a fault that this step provokes on purpose.
  allow(fault) {
    this.allowed.push(fault);
  }

  /// What the browser noticed since the last step and nobody provoked.
  faults() {
    const fresh = this.opened.faults().slice(this.seen);
    return fresh.filter((fault) => !this.allowed.some((allowed) => allowed.test(fault)));
  }

  /// Ends a step: nothing may have gone wrong in it.
  settle() {
    const faults = this.faults();
    this.seen = this.opened.faults().length;
    this.allowed = [];
    assert.deepEqual(faults, [], "the browser noticed faults");
  }

  /// Keeps a picture of how things stand.
  picture(name) {
    return picture(this.page, name);
  }

  /// An answer of the API to this person, past the screen.
  async api(path, { method = "GET", body } = {}) {
    const answer = await this.page.evaluate(async ([path, method, body]) => {
      const headers = { "content-type": "application/json", "x-aichat-request": "1" };
      const response = await fetch(path, { method, headers: method === "GET" ? {} : headers, body: body && JSON.stringify(body) });
      return { status: response.status, body: await response.text() };
    }, [path, method, body]);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body ? JSON.parse(answer.body) : undefined;
  }

  /// Connects one more model of the fake server, past the screen. Answers what takes it away again.
  async connects(mock, model) {
    const body = { name: `Own ${model}`, baseUrl: mock.url, models: [model] };
    const { id } = await this.api("/api/connections", { method: "POST", body });
    return () => this.api(`/api/connections/${id}`, { method: "DELETE" });
  }

  async close() {
    await this.context.close();
  }
}

/// Brings a tab to the front or puts it behind others, as far as its page can tell: the browser of the tests shows all.
const turn = (hidden) => (page) =>
  page.evaluate((hidden) => {
    for (const [name, value] of [["hidden", hidden], ["visibilityState", hidden ? "hidden" : "visible"]]) {
      Object.defineProperty(document, name, { configurable: true, get: () => value });
    }
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);

export const lookAt = turn(false);
export const lookAway = turn(true);
