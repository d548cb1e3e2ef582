// What the interface says, read from the tables that it is built from: a suite never repeats a sentence, so it cannot
// agree with a screen that speaks the wrong language.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../support.mjs";

const LITERAL = String.raw`"((?:[^"\\]|\\.)*)"`;
const SIGN = /\\(?:u\{([0-9a-f]+)\}|(.))/gi;

/// A string literal of the source as the text that it stands for.
const spoken = (literal) =>
  literal.replace(SIGN, (_, code, sign) => (code ? String.fromCodePoint(parseInt(code, 16)) : { n: "\n", t: "\t" }[sign] ?? sign));

const both = (en, zh) => ({ en: spoken(en), zh: spoken(zh) });

/// The index of a language in every table here: `en` or `zh`.
export const tongue = (language) => (language.startsWith("zh") ? "zh" : "en");

function readTables() {
  const folder = join(ROOT, "frontend/src/i18n");
  const line = new RegExp(String.raw`^\s+([A-Z_]+): ${LITERAL}, ${LITERAL};`, "gm");
  const tables = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".rs") && name !== "tests.rs")) {
    const source = readFileSync(join(folder, file), "utf8");
    const rows = [...source.matchAll(line)].map(([, key, en, zh]) => [key, both(en, zh)]);
    tables[basename(file, ".rs")] = Object.fromEntries(rows);
  }
  tables.fields = readFields();
  return tables;
}

/// The settings of the system, whose words stand in the table that server and client share: `fields.RUNS_PER_USER` is the
/// name of one.
function readFields() {
  const source = readFileSync(join(ROOT, "crates/shared/src/settings/fields.rs"), "utf8");
  const row = new RegExp(String.raw`^    ([A-Z_]+) "[a-z_]+" [\s\S]*?\n        en: ${LITERAL}, ${LITERAL};\n        zh: ${LITERAL}, ${LITERAL};`, "gm");
  return Object.fromEntries([...source.matchAll(row)].map(([, name, en, , zh]) => [name, both(en, zh)]));
}

const TABLES = readTables();

/// Every text of the interface in one language: `words("zh-CN").chat.SEND`.
export function words(language) {
  const table = (rows) => Object.fromEntries(Object.entries(rows).map(([key, text]) => [key, text[tongue(language)]]));
  return Object.fromEntries(Object.entries(TABLES).map(([name, rows]) => [name, table(rows)]));
}

/// `{name}`, or `{name?one|many}`.
const PLACE = /\{(\w+)(?:\?([^|}]*)\|([^}]*))?\}/g;

/// A text with its `{placeholders}` filled in; a missing value becomes an ellipsis, as the client has it.
export const fill = (text, values) =>
  text.replace(PLACE, (_, name, one, many) => (one === undefined ? values[name] ?? "…" : String(values[name]) === "1" ? one : many));

/// The language's value of a text as a pattern that accepts anything for its placeholders.
export function pattern(text) {
  const parts = text.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`);
}

function readErrors() {
  const source = readFileSync(join(ROOT, "crates/shared/src/error/code.rs"), "utf8");
  const row = new RegExp(
    String.raw`^\s+\w+ "([a-z_.]+)" (\d+) (true|false)\s+en: ${LITERAL}, ${LITERAL};\s+zh: ${LITERAL}, ${LITERAL};`, "gm");
  const rows = [...source.matchAll(row)].map(([, code, status, retryable, en, enHint, zh, zhHint]) =>
    [code, { status: Number(status), retryable: retryable === "true", message: both(en, zh), hint: both(enHint, zhHint) }]);
  assert.ok(rows.length > 50, `only ${rows.length} rows of the error table were understood`);
  return new Map(rows);
}

const ERRORS = readErrors();

/// A sentence of the table of errors: what stands in `[square brackets]` is said only where all of its values are known.
function sentence(text, values) {
  const isKnown = (words) => [...words.matchAll(/\{(\w+)\}/g)].every(([, name]) => name in values);
  return fill(text.replace(/\[([^\]]*)\]/g, (_, words) => (isKnown(words) ? words : "")), values);
}

/// What happened and what to do, as the table of errors has it for this error of the API.
export function sentences(error, language) {
  const row = ERRORS.get(error.code);
  assert.ok(row, `${error.code} is not in the table of errors`);
  const say = (text) => sentence(text[tongue(language)], error.params ?? {});
  return { message: say(row.message), hint: say(row.hint), retryable: row.retryable };
}
