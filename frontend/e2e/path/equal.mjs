// What is stored is what was shown: compares a screen with the API.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { until } from "../support.mjs";
import { plain } from "./chat.mjs";

/// The stored messages of the chat on the screen.
export async function stored(visitor) {
  const page = await visitor.api(`/api/sessions/${visitor.chat.sessionId}/messages`);
  return page.items;
}

/// The stored answer at the end of the chat on the screen.
export async function storedAnswer(visitor) {
  return (await stored(visitor)).at(-1);
}

/// The visible text of a stored message.
export const textOf = (message) => message.parts.filter(({ kind }) => kind === "text").map(({ text }) => text).join("");

/// The stored text is what length and hash say, and what the screen shows; `exact` also compares every byte of what the
/// copy button hands out. For answers without Markdown.
export async function equalsStored(visitor, { exact = false } = {}) {
  const answer = await storedAnswer(visitor);
  const text = textOf(answer);
  assert.equal(answer.length, Buffer.byteLength(text), "the length");
  assert.equal(answer.sha256, createHash("sha256").update(text).digest("hex"), "the hash");
  // What was heard last is painted within a frame or two.
  await until("the screen shows what is stored", async () => (await visitor.chat.text()) === plain(text), { timeout: 20_000 })
    .catch(async (late) => assert.equal(await visitor.chat.text(), plain(text), late.message));
  if (exact) assert.equal(await visitor.chat.copied(), text, "the copy differs from what is stored");
  return answer;
}
