// Several tabs of one browser, which share six connections to a server without TLS, and what is kept for the person.
import { until } from "../support.mjs";
import { ChatScreen } from "./chat.mjs";
import { textOf } from "./equal.mjs";
import { talk } from "./list.mjs";
import { LOST } from "./outage.mjs";
import { lookAt, lookAway } from "./visitor.mjs";

/// A further tab of the same browser at this address.
async function openTab(visitor, path) {
  const page = await visitor.context.newPage();
  await page.goto(path);
  await page.locator(".composer").waitFor();
  return { page, chat: new ChatScreen(page, visitor.look, visitor.words) };
}

async function converse(tab, text) {
  await tab.chat.send(text);
  await tab.chat.begun(text);
  await tab.chat.ended();
}

/// Eight tabs: each can be used when it is in front, and knows then what happened while it was not.
export async function fillsEight(stage) {
  const { ada } = stage;
  // Hidden tabs ask after the answer of a chat that is deleted meanwhile.
  ada.allow(/404.*\/api\/chat\/runs\//);
  await talk(ada, "seen from everywhere");
  const tabs = [{ page: ada.page, chat: ada.chat }];
  while (tabs.length < 8) {
    await lookAway(tabs.at(-1).page);
    tabs.push(await openTab(ada, "/"));
  }
  await converse(tabs.at(-1), "from the eighth");
  const { sessionId } = tabs.at(-1).chat;
  for (const tab of tabs.slice(0, -1)) {
    await lookAway(tabs.at(-1).page);
    await lookAt(tab.page);
    await tab.chat.row("from the eighth").waitFor({ state: "attached" });
    await lookAway(tab.page);
  }
  await ada.api(`/api/sessions/${sessionId}`, { method: "DELETE" });
  await lookAt(ada.page);
  await ada.chat.row("from the eighth").waitFor({ state: "detached" });
  await converse(ada, "from the first");
  for (const tab of tabs.slice(1)) await tab.page.close();
}

/// A tab in which nobody typed leaves alone what was typed in another one, and shows it when it is looked at.
export async function sharesDrafts({ ada }) {
  const { chat, page } = ada;
  await talk(ada, "beside the draft");
  const other = await openTab(ada, "/");
  await lookAway(other.page);
  await chat.fresh();
  await chat.box.fill("typed in the first tab");
  // Leaving the page stores what was typed; the other one leaves its own new chat and comes back to it.
  await page.goto("/settings");
  await other.page.goto(`/c/${(await ada.api("/api/sessions")).items[0].id}`);
  await other.chat.box.waitFor();
  await other.chat.fresh();
  await until("the draft in the other tab", async () => (await other.chat.box.inputValue()) === "typed in the first tab");
  await page.goto("/");
  await until("the draft", async () => (await chat.box.inputValue()) === "typed in the first tab");
  await lookAway(other.page);
  await chat.box.fill("typed again");
  await page.reload();
  await until("the draft", async () => (await chat.box.inputValue()) === "typed again");
  await lookAt(other.page);
  await until("the draft in the other tab", async () => (await other.chat.box.inputValue()) === "typed again");
  await other.page.close();
  await chat.box.fill("");
}

/// Two tabs that were closed while their messages could not be sent: both messages arrive.
export async function sendsForBoth(stage) {
  const { ada, second, bob, line } = stage;
  for (const device of [ada, second, bob]) device.allow(LOST);
  await talk(ada, "the first chat");
  const first = ada.chat.sessionId;
  await talk(ada, "the second chat");
  const other = await openTab(ada, `/c/${first}`);
  await other.chat.begun("the first chat");
  const chats = [first, ada.chat.sessionId];
  await line.cut();
  await other.chat.send("lost in the first");
  await ada.chat.send("lost in the second");
  for (const tab of [other, ada]) {
    await tab.chat.questions.last().getByText(ada.words.chat.UNSURE, { exact: true }).waitFor();
    await tab.page.close();
  }
  await line.mend();
  await ada.tab();
  await ada.page.goto("/");
  await ada.chat.box.waitFor();
  for (const [id, text] of [[chats[0], "lost in the first"], [chats[1], "lost in the second"]]) {
    await until(text, async () => {
      const { items } = await ada.api(`/api/sessions/${id}/messages`);
      return items.filter((message) => textOf(message) === text && message.role === "user").length === 1;
    });
  }
}

/// A chat that is deleted on one device and put back is as the other device left it, with what was typed in it.
export async function keepsForeignDrafts({ ada, second }) {
  await talk(ada, "deleted elsewhere");
  const path = `/c/${ada.chat.sessionId}`;
  await second.page.goto(path);
  await second.chat.begun("deleted elsewhere");
  await second.chat.box.fill("half a word");
  await ada.api(`/api/sessions/${ada.chat.sessionId}`, { method: "DELETE" });
  await second.page.locator(".welcome").waitFor();
  await ada.api(`${path.replace("/c/", "/api/sessions/")}/restore`, { method: "POST" });
  await second.page.goto(path);
  await until("the draft", async () => (await second.chat.box.inputValue()) === "half a word");
  await second.chat.box.fill("");
}
