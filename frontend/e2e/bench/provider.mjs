// A model server for one purpose: an answer of 200 kB whose most part is there at once, and whose end comes at the rate
// that the target names. Streaming all of it at that rate would take minutes and measure the cheap beginning, too.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const SIZE = 200_000;
const RATE = 100;
/// How long the measured end of an answer takes.
export const SECONDS = 10;

const PROSE = [
  "## Of rivers and maps\n\n",
  "A map is **never** the river, and yet nobody crosses one without it. The `scale` decides what is kept, and what is kept decides what is seen by whoever looks.\n\n",
  "- what is drawn\n- what is left out\n- 以及没有画出来的部分，往往最为重要\n\n",
];
const CODE = ["fn main() {\n", "    let value = compute(1, 2); // 结果\n", "    println!(\"{value}\");\n", "}\n", "\n"];

/// Whole pieces of a text until it is so long.
function repeated(pieces, size) {
  let text = "";
  for (let index = 0; text.length < size; index += 1) text += pieces[index % pieces.length];
  return text;
}

/// A text as tokens of a few letters.
const tokens = (text) => text.match(/[\s\S]{1,4}/g);

/// What each model says: the part that is there at once, then the rest.
const ANSWERS = {
  "long-prose": ["", PROSE],
  "long-code": ["```rust\n", CODE],
};

async function answer(response, [opening, pieces]) {
  const write = (delta, finish_reason = null) =>
    response.write(`data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const end = tokens(repeated(pieces, RATE * SECONDS * 4)).slice(0, RATE * SECONDS);
  write({ role: "assistant", content: opening + repeated(pieces, SIZE - end.length * 4) });
  // The first painting of so much text is no frame of the stream.
  await sleep(6_000);
  const start = performance.now();
  for (const [index, content] of end.entries()) {
    const due = start + (index * 1000) / RATE - performance.now();
    if (due > 0) await sleep(due);
    write({ content });
  }
  write({}, "stop");
  response.end("data: [DONE]\n\n");
}

/// Starts it; `models` are the names it knows.
export async function startLongAnswers() {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const known = ANSWERS[request.method === "POST" ? JSON.parse(body).model : undefined];
    if (known) await answer(response, known);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  return { url: `http://127.0.0.1:${server.address().port}/v1`, models: Object.keys(ANSWERS), stop };
}
