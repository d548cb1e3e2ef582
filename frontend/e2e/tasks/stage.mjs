// Where tasks start: chats that are there already, made past the screen.
import { until } from "../support.mjs";

/// An answer that is still being written when whatever is done meanwhile is over.
export const LONG = "tokens-6000-50";
export const MODELS = ["ok", "echo", "cut", "canned-en", "thinking", LONG];

/// The id that a model has here.
export async function modelId(ada, name) {
  return (await ada.api("/api/models")).items.find((model) => model.name === name).id;
}

/// A chat that was held already, with a question for each of the texts.
export async function held(ada, texts, { model = "echo", ...more } = {}) {
  let sessionId;
  for (const content of texts) {
    const answer = await ada.api("/api/chat", { method: "POST", body: { sessionId, content, model, ...more } });
    sessionId = answer.sessionId;
  }
  return sessionId;
}

/// A chat whose first answer was begun by itself; it is over by now, however it ended.
export async function begun(ada, content, model) {
  const { sessionId } = await ada.api("/api/chat/runs", { method: "POST", body: { content, model } });
  await until("the answer is over", async () => {
    const { items } = await ada.api(`/api/sessions/${sessionId}/messages`);
    return items.length === 2 && items[1].status !== "streaming" && items[1].status !== "pending";
  });
  return sessionId;
}

/// Opens a chat that was held, as it is when its last answer has ended.
export async function opened(ada, id) {
  await ada.page.goto(`/c/${id}`);
  await ada.chat.last.waitFor();
  await ada.chat.ended();
  await focused(ada);
}

/// A chat on the screen with these questions.
export async function inChat(ada, texts, more) {
  const id = await held(ada, texts, more);
  await opened(ada, id);
  return id;
}

/// A new chat on the screen, with a model that was chosen in another one.
export async function inNew(ada, model) {
  await ada.page.goto("/");
  await ada.page.locator(".welcome").waitFor();
  if (model) {
    await ada.chat.choose(model);
    await ada.page.reload();
    await ada.page.locator(".welcome").waitFor();
  }
  await focused(ada);
}

/// A chat whose answer is being written.
export async function whileWriting(ada) {
  await inNew(ada, LONG);
  await ada.chat.send("count");
  await ada.chat.begun("w2");
  await focused(ada);
}

/// The text box has the focus by itself, as it has whenever somebody may write.
const focused = (ada) =>
  until("the box has the focus", () => ada.chat.box.evaluate((box) => box === document.activeElement));
