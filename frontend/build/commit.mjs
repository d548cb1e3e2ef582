// Which build the page is: its version, and the commit that AICHAT_COMMIT names. It stands in the page and not in the
// program, so that a commit which changes nothing of the client needs no new client:
// `node build/commit.mjs FOLDER` writes it into a page that is built already.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compress, replace } from "./compress.mjs";

const MANIFEST = join(dirname(fileURLToPath(import.meta.url)), "../../Cargo.toml");

/// `<meta name="build" content="VERSION COMMIT">`. The server's own `build.rs` keeps as much of the commit.
export async function build() {
  const version = /^\[workspace\.package\]$[^[]*?^version = "([^"]+)"$/m.exec(await readFile(MANIFEST, "utf8"))?.[1];
  if (!version) throw new Error("Cargo.toml names no version of the workspace");
  const commit = (process.env.AICHAT_COMMIT ?? "").replace(/[^0-9A-Za-z]/g, "").slice(0, 12);
  return `<meta name="build" content="${version} ${commit || "unknown"}">`;
}

async function rewrite(folder) {
  const page = join(folder, "index.html");
  const before = await readFile(page, "utf8");
  const named = await build();
  const after = before.replace(/<meta name="build"[^>]*>/, named);
  if (!after.includes(named)) throw new Error(`${page} has no place for its build: build the client again`);
  // Left alone, it keeps its time, and nobody who watches it has work to do.
  if (after === before) return;
  await replace(page, after);
  await compress(page, { release: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await rewrite(process.argv[2]);
