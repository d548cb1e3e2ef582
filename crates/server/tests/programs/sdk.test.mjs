// The official SDKs of OpenAI and Anthropic, unmodified, against the server with the fake model behind. Run by
// `cargo xtask test --only sdk`, or by `node --test crates/server/tests/programs/sdk.test.mjs` after a build.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { open } from "./stage.mjs";

const MODELS = ["echo", "ok", "tools-1", "thinking", "fim", "empty", "tokens-200-20"];

let stage, openai, anthropic;

before(async () => {
  stage = await open(["openai_chat", "anthropic"], MODELS);
  openai = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: stage.secret, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: stage.url, apiKey: stage.secret, maxRetries: 0 });
});

after(() => stage?.close());

const messages = [{ role: "user", content: "say it again" }];
const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object", properties: {} } } }];

test("OpenAI: models are listed and found", async () => {
  const ids = [];
  for await (const model of openai.models.list()) ids.push(model.id);
  assert.deepEqual(ids.filter((id) => id.startsWith("openai_chat/")).sort(), MODELS.map((name) => `openai_chat/${name}`).sort());
  assert.equal((await openai.models.retrieve("openai_chat/ok")).object, "model");
});

for (const protocol of ["openai_chat", "anthropic"]) {
  test(`OpenAI: chat, stream and tools, with ${protocol} behind`, async () => {
    const whole = await openai.chat.completions.create({ model: `${protocol}/echo`, messages });
    assert.equal(whole.choices[0].message.content, "say it again");
    assert.ok(whole.usage.total_tokens > 0 && whole._request_id);
    const options = { model: `${protocol}/echo`, messages, stream_options: { include_usage: true } };
    const stream = openai.chat.completions.stream(options);
    assert.equal(await stream.finalContent(), "say it again");
    assert.ok((await stream.totalUsage()).prompt_tokens > 0);
    const called = await openai.chat.completions.create({ model: `${protocol}/tools-1`, messages, tools });
    const [call] = called.choices[0].message.tool_calls;
    assert.equal(call.function.name, "look_up");
    const results = [...messages, called.choices[0].message, { role: "tool", tool_call_id: call.id, content: "forty-two" }];
    const answered = await openai.chat.completions.create({ model: `${protocol}/tools-1`, messages: results, tools });
    assert.match(answered.choices[0].message.content, /forty-two/);
    const running = openai.chat.completions.stream({ model: `${protocol}/tools-1`, messages, tools });
    assert.equal((await running.finalMessage()).tool_calls[0].function.name, "look_up");
  });

  test(`Anthropic: messages, stream, thinking and tools, with ${protocol} behind`, async () => {
    const ask = { model: `${protocol}/echo`, max_tokens: 500, messages };
    assert.equal((await anthropic.messages.create(ask)).content[0].text, "say it again");
    const stream = anthropic.messages.stream(ask);
    assert.equal(await stream.finalText(), "say it again");
    const thoughts = await anthropic.messages.stream({ ...ask, model: `${protocol}/thinking` }).finalMessage();
    assert.deepEqual(thoughts.content.map((block) => block.type), ["thinking", "text"]);
    const offered = [{ name: "look_up", input_schema: { type: "object", properties: {} } }];
    const called = await anthropic.messages.create({ ...ask, model: `${protocol}/tools-1`, tools: offered });
    const call = called.content.find((block) => block.type === "tool_use");
    assert.equal(called.stop_reason, "tool_use");
    const results = [
      ...messages,
      { role: "assistant", content: called.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "forty-two" }] },
    ];
    const answered = await anthropic.messages.create({ ...ask, model: `${protocol}/tools-1`, tools: offered, messages: results });
    assert.match(answered.content.find((block) => block.type === "text").text, /forty-two/);
  });
}

test("Anthropic: tokens are counted and models listed", async () => {
  const counted = await anthropic.messages.countTokens({ model: "openai_chat/echo", messages });
  assert.ok(counted.input_tokens > 3);
  const ids = [];
  for await (const model of anthropic.models.list()) ids.push(model.id);
  assert.ok(ids.includes("anthropic/echo"));
});

test("OpenAI: embeddings are decoded and a gap is filled", async () => {
  const made = await openai.embeddings.create({ model: "openai_chat/ok", input: ["one", "two"] });
  assert.equal(made.data.length, 2);
  assert.ok(made.data.every(({ embedding }) => embedding.length > 1 && embedding.every(Number.isFinite)));
  const filled = await openai.completions.create({ model: "openai_chat/fim", prompt: "def f(", suffix: "return 1", max_tokens: 32 });
  assert.equal(typeof filled.choices[0].text, "string");
});

test("errors are the SDKs' own", async () => {
  const empty = openai.chat.completions.create({ model: "openai_chat/empty", messages });
  await assert.rejects(empty, (error) => error instanceof OpenAI.InternalServerError && error.code === "provider.empty");
  const unknown = openai.chat.completions.create({ model: "nothing", messages });
  await assert.rejects(unknown, (error) => error instanceof OpenAI.NotFoundError && error.code === "model.not_found");
  const stranger = new Anthropic({ baseURL: stage.url, apiKey: `sk-aichat-${"A".repeat(43)}`, maxRetries: 0 });
  const refused = stranger.messages.create({ model: "openai_chat/ok", max_tokens: 5, messages });
  await assert.rejects(refused, (error) => error instanceof Anthropic.AuthenticationError && Boolean(error.requestID));
});

test("a stream that is given up is hung up on", async () => {
  const stream = await openai.chat.completions.create({ model: "openai_chat/tokens-200-20", messages, stream: true });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) break;
  }
  const ledger = new URL("/ledger", stage.upstream);
  const end = Date.now() + 5_000;
  for (;;) {
    const { records } = await (await fetch(ledger)).json();
    if (records.at(-1).end === "client_left") break;
    assert.ok(Date.now() < end, "the provider is still asked");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
