// The hand of a person at a desk: every press and every key that the page hears is counted by the page itself, so nothing
// can be done past it. Text that somebody means (a message, a name, a search) counts as nothing, however it is entered: it
// would be written anywhere. It goes to where the focus is, so a field that first has to be pressed costs that press.
import assert from "node:assert/strict";
import { until } from "../support.mjs";

/// Counts in the page, from its first script on. What scripts make up themselves is not trusted, and not counted.
function count() {
  if (!location.protocol.startsWith("http") || window !== top) return;
  const add = (what) => sessionStorage.setItem(what, String(Number(sessionStorage.getItem(what)) + 1));
  const held = ["Control", "Shift", "Alt", "Meta"];
  addEventListener("pointerdown", (event) => event.isTrusted && event.isPrimary && add("counted-clicks"), true);
  addEventListener("keydown", (event) => event.isTrusted && !event.repeat && !held.includes(event.key) && add("counted-keys"), true);
}

export class Hand {
  /// The hand of a visitor, who has not opened a page yet.
  static async of(visitor) {
    const hand = new Hand();
    hand.visitor = visitor;
    await visitor.context.addInitScript(count);
    return hand;
  }

  get page() {
    return this.visitor.page;
  }

  /// Begins anew: what was done so far was the way to where the task starts.
  async start() {
    await this.page.evaluate(() => ["clicks", "keys"].forEach((what) => sessionStorage.setItem(`counted-${what}`, "0")));
  }

  /// What was pressed since then.
  counted() {
    return this.page.evaluate(() => {
      const [clicks, keys] = ["clicks", "keys"].map((what) => Number(sessionStorage.getItem(`counted-${what}`)));
      return { clicks, keys };
    });
  }

  click(target) {
    return target.click();
  }

  /// A key, alone or with others that are held.
  key(keys) {
    return this.page.keyboard.press(keys);
  }

  /// Keys one by one that are no text: a sign that asks for something.
  spell(keys) {
    return this.page.keyboard.type(keys);
  }

  /// Text into a field, the text box if nothing else is said, which has the focus by itself by now.
  async write(text, field = this.visitor.chat.box) {
    const hasFocus = () => field.evaluateAll(([field]) => field !== undefined && field === document.activeElement);
    await until("the field has the focus", hasFocus, { timeout: 20_000 }).catch(async (late) => {
      const there = await this.page.evaluate(() => document.activeElement.outerHTML.slice(0, 160));
      assert.fail(`${late.message}: ${there}`);
    });
    await this.page.keyboard.insertText(text);
  }
}
