// Makes what browsers load smaller without changing what it does: scripts and style sheets by esbuild, and the program by
// one more round of wasm-opt. On the module that trunk's own round wrote, the same passes find two kilobytes more.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";

/// The browsers that the product names.
const target = ["chrome111", "safari16.4", "firefox128"];

/// The passes after linking; index.html says why nothing is inlined.
const PASSES = `-Oz --converge --always-inline-max-function-size=1 --flexible-inline-max-function-size=1
  --one-caller-inline-max-function-size=1`.split(/\s+/);

/// A script or a style sheet (`loader` is `js` or `css`) with short names and no blanks.
export async function minified(source, loader) {
  const { code } = await transform(source, { loader, target, minify: true, legalComments: "none" });
  return code;
}

/// The program, optimised once more with the features that `page` (index.html) names.
export async function optimised(wasm, page) {
  const features = page.match(/--enable-[a-z-]+/g);
  if (!features) throw new Error("index.html names no features of WebAssembly any more: adapt build/shrink.mjs");
  const folder = await mkdtemp(join(tmpdir(), "aichat-wasm-"));
  try {
    const [before, after] = ["before.wasm", "after.wasm"].map((name) => join(folder, name));
    await writeFile(before, wasm);
    await promisify(execFile)("wasm-opt", [...features, ...PASSES, before, "-o", after]);
    return await readFile(after);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
