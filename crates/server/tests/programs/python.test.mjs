// The official Python SDKs of OpenAI and Anthropic against the server (`sdk.py`), from the interpreter in `PYTHON`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../../../../frontend/e2e/support/programs.mjs";
import { open } from "./stage.mjs";

const PYTHON = process.env.PYTHON ?? join(ROOT, ".tools/venv/bin/python");
const run = promisify(execFile);
let stage;

before(async () => {
  stage = await open(["openai_chat", "anthropic"], ["echo", "ok", "tools-1", "fim"]);
});

after(() => stage?.close());

test("chat, streams, tools, embeddings, models, completions and errors", async () => {
  const env = { ...process.env, CHAT_URL: stage.url, CHAT_KEY: stage.secret };
  const { stdout } = await run(PYTHON, [join(ROOT, "crates/server/tests/programs/sdk.py")], { env, timeout: 120_000 });
  assert.match(stdout, /^all 9$/m, stdout);
});
