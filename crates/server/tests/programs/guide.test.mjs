// The programs of `docs/guide.md`, as they stand there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { ROOT } from "../../../../frontend/e2e/support/programs.mjs";
import { open } from "./stage.mjs";

const PYTHON = process.env.PYTHON ?? join(ROOT, ".tools/venv/bin/python");
const guide = (name) => join(ROOT, "docs/snippets", name);
const run = promisify(execFile);
let stage, env;

before(async () => {
  stage = await open(["openai_chat"], ["ok"]);
  env = { ...process.env, CHAT_URL: stage.url, CHAT_KEY: stage.secret };
});

after(() => stage?.close());

/// What a library prints: the whole answer, the same as a stream, once more by the other library, and a code.
function holds(stdout) {
  assert.equal(stdout.split("**Hello!**").length - 1, 3, stdout);
  assert.match(stdout, /^model\.not_found$/m, stdout);
}

test("curl", async () => {
  const { stdout } = await run("sh", [guide("guide.sh")], { env, timeout: 60_000 });
  assert.match(stdout, /"object":"chat\.completion"/, stdout);
  for (const piece of ['"openai_chat/ok"', "data: [DONE]", "run.completed", '"items":[{']) assert.ok(stdout.includes(piece), `${piece}: ${stdout}`);
});

test("Python", async () => {
  holds((await run(PYTHON, [guide("guide.py")], { env, timeout: 60_000 })).stdout);
});

test("TypeScript", async () => {
  const { code } = await transform(await readFile(guide("guide.ts"), "utf8"), { loader: "ts", format: "esm", target: "node20" });
  // Beside this file, where its packages are found.
  const program = join(ROOT, "crates/server/tests/programs", `guide-${process.pid}.mjs`);
  try {
    await writeFile(program, code);
    holds((await run(process.execPath, [program], { env, timeout: 60_000 })).stdout);
  } finally {
    await rm(program, { force: true });
  }
});
