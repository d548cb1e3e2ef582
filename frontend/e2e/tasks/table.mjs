// The table of docs/tasks.md: what a task is called, and how many clicks and keys it takes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support.mjs";

export const FILE = "docs/tasks.md";

/// `| 1 | task | from where | how | clicks | keys |`
const ROW = /^\| (\d+) \| ([^|]+?) \| [^|]+ \| [^|]+ \| (\d+) \| (\d+) \|$/gm;

/// The rows in their order.
export function readTable() {
  const text = readFileSync(join(ROOT, FILE), "utf8");
  const rows = [...text.matchAll(ROW)].map(([, number, task, clicks, keys]) =>
    ({ number: Number(number), task, clicks: Number(clicks), keys: Number(keys) }));
  assert.deepEqual(rows.map(({ number }) => number), rows.map((_, index) => index + 1), `the numbers of ${FILE}`);
  return rows;
}
