// npm install openai @anthropic-ai/sdk
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const url = process.env.CHAT_URL as string;
const key = process.env.CHAT_KEY as string;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key });

// The models that the key may use.
const names: string[] = [];
for await (const model of client.models.list()) names.push(model.id);
const model = process.env.CHAT_MODEL ?? names[0];
const messages = [{ role: "user" as const, content: "Say hello." }];

// An answer as a whole, and one as it is written.
const answer = await client.chat.completions.create({ model, messages });
console.log(answer.choices[0].message.content);
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}
console.log();

// The same with Anthropic's library, whatever provider is behind.
const claude = new Anthropic({ baseURL: url, apiKey: key });
const stream = claude.messages.stream({ model, max_tokens: 1000, messages });
stream.on("text", (text) => process.stdout.write(text));
await stream.finalMessage();
console.log();

// What goes wrong is an error of the library, with AIChat's code.
try {
  await client.chat.completions.create({ model: "no such model", messages });
} catch (error) {
  if (error instanceof OpenAI.NotFoundError) console.log(error.code);
}
