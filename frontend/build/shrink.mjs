// Makes what browsers load smaller without changing what it does: scripts and style sheets by esbuild, the program and its
// parts by wasm-opt.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";

/// The browsers that the product names.
export const target = ["chrome111", "safari16.4", "firefox128"];

/// What those browsers know of WebAssembly beyond its first version.
const FEATURES = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];

/// The passes after linking, in two rounds: on the module that the first one wrote, the second finds two kilobytes more.
/// Nothing is inlined: what is faster by it is not felt, what is larger by it is.
const ROUNDS = [["--flatten", "--rereloop", "-Oz", "-Oz"], ["-Oz", "--converge"]];
const INLINING = ["always-inline-max-function-size", "flexible-inline-max-function-size", "one-caller-inline-max-function-size"];

/// A script or a style sheet (`loader` is `js` or `css`) with short names and no blanks.
export async function minified(source, loader) {
  const { code } = await transform(source, { loader, target, minify: true, legalComments: "none", logOverride: { "duplicate-object-key": "silent" } });
  return code;
}

/// A module, optimised.
export async function optimised(wasm) {
  const folder = await mkdtemp(join(tmpdir(), "aichat-wasm-"));
  const words = [...FEATURES.map((name) => `--enable-${name}`), ...INLINING.map((name) => `--${name}=1`)];
  try {
    const files = [...ROUNDS.keys(), ROUNDS.length].map((round) => join(folder, `${round}.wasm`));
    await writeFile(files[0], wasm);
    for (const [round, passes] of ROUNDS.entries()) {
      await promisify(execFile)("wasm-opt", [...words, ...passes, files[round], "-o", files[round + 1]]);
    }
    return await readFile(files.at(-1));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
