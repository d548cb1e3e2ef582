// The chat screen as a person uses it: by what can be seen, never by the client's state.
import { until } from "../support.mjs";
import { pattern } from "./words.mjs";

/// Text as the eye compares it: runs of blanks are one.
export const plain = (text) => text.replace(/\s+/g, " ").trim();

export class ChatScreen {
  constructor(page, look, words) {
    this.page = page;
    this.words = words;
    this.isPhone = look.size === "phone";
  }

  /// The button of this name.
  button(name, within = this.page) {
    return within.getByRole("button", { name, exact: true });
  }

  get box() {
    return this.page.getByLabel(this.words.chat.MESSAGE, { exact: true });
  }

  get sendButton() {
    return this.button(this.words.chat.SEND);
  }

  get stopButton() {
    return this.button(this.words.chat.STOP);
  }

  get questions() {
    return this.page.locator("article.question");
  }

  get answers() {
    return this.page.locator("article.answer");
  }

  get last() {
    return this.answers.last();
  }

  get errorCard() {
    return this.last.locator(".error-card");
  }

  /// The chat in the address; undefined for a new one.
  get sessionId() {
    return /\/c\/([^/?#]+)/.exec(this.page.url())?.[1];
  }

  /// Presses, as this device does.
  press(target) {
    return this.isPhone ? target.tap() : target.click();
  }

  /// Writes a message and sends it; comes back when it stands in the chat, or above what is drawn: a long answer may be
  /// quicker than whoever looks.
  async send(text) {
    const [count, newest] = [await this.questions.count(), await this.newest()];
    await this.box.fill(text);
    await this.press(this.sendButton);
    await until("the message stands in the chat", async () => (await this.questions.count()) > count || (await this.newest()) !== newest);
  }

  /// Which answer is the last one drawn, by its id; undefined for none.
  async newest() {
    return (await this.page.locator("article.answer[data-message]").evaluateAll((all) => all.at(-1)?.dataset.message)) ?? undefined;
  }

  /// Waits until the last answer shows some text.
  async begun(text) {
    await this.last.locator(".markdown").filter({ hasText: text }).last().waitFor();
  }

  /// Waits until nothing is written any more.
  async ended(timeout = 60_000) {
    await this.sendButton.waitFor({ timeout });
    await this.page.locator("article.answer.last[aria-busy=false] .actions button").first().waitFor({ timeout });
  }

  /// The text of an answer as it can be read, its thoughts left out.
  async text(answer = this.last) {
    const parts = await answer.locator(":scope > .markdown").allInnerTexts();
    return plain(parts.join(" "));
  }

  /// Chooses a model in the list that the chip opens.
  async choose(model) {
    await this.press(this.page.locator("button.model-chip"));
    await this.pick(model);
    await this.page.locator("button.model-chip", { hasText: model }).waitFor();
  }

  /// Chooses a model in the open list.
  async pick(model) {
    const list = this.page.getByRole("dialog", { name: this.words.chat.CHOOSE_MODEL });
    await list.getByRole("combobox").fill(model);
    const name = this.page.locator(".picker-name").filter({ hasText: pattern(model) });
    await this.press(list.getByRole("option").filter({ has: name }).first());
    await list.waitFor({ state: "detached" });
    await this.settled();
  }

  /// Waits until a sheet that was closed has taken its entry out of the history: that is a way back of its own, which ends
  /// any other way that begins meanwhile.
  async settled() {
    if (this.isPhone) await until("the history is as before", () => this.page.evaluate(() => history.state !== true));
  }

  /// Starts a new chat.
  async fresh() {
    if (!this.sessionId) return;
    if (this.isPhone) await this.press(this.button(this.words.chat.NEW_CHAT, this.page.locator(".head")));
    else await this.page.locator("button.sidebar-new").click();
    await until("a new chat", () => !this.sessionId);
    await this.page.locator(".welcome").waitFor();
  }

  /// Shows the list of chats where it is hidden.
  async openList() {
    if (this.isPhone) await this.press(this.button(this.words.chat.OPEN_LIST));
    await this.page.locator(".person").waitFor();
  }

  /// A chat in the list.
  row(title) {
    return this.page.locator(".chat-row").filter({ has: this.page.locator(".chat-title", { hasText: title }) });
  }

  /// What the last answer's copy button puts on the clipboard.
  async copied(answer = this.last) {
    const actions = answer.locator(".actions");
    await this.press(this.button(this.words.chat.COPY_MESSAGE, actions));
    await this.button(this.words.common.COPIED, actions).waitFor();
    return this.pasted();
  }

  /// What is on the clipboard, read by pasting it into the empty text box.
  async pasted() {
    await this.box.fill("");
    await this.box.focus();
    // Inline, however long it is.
    await this.page.keyboard.press("ControlOrMeta+Shift+V");
    const pasted = await until("pasted text", () => this.box.inputValue());
    await this.box.fill("");
    return pasted;
  }
}
