// Takes the program that cargo built apart: what starts with the page stays one program, and every part that the source
// marks by `#[wasm_split(NAME)]` becomes a file of its own, which is fetched when it is first needed. trunk knows nothing of
// this, so its own module is thrown away and the steps after the compiler are done here: wasm-split, wasm-bindgen.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);

/// Where cargo puts what it builds for browsers.
async function builtBy(profile, root) {
  const { stdout } = await run("cargo", ["metadata", "--format-version", "1", "--no-deps"], { cwd: root, maxBuffer: 1 << 28 });
  return join(JSON.parse(stdout).target_directory, "wasm32-unknown-unknown", profile, "frontend.wasm");
}

/// The script and the modules of the client: `{ script, program, parts: Map(name → module) }`. The script names every part
/// as `./NAME.wasm`.
export async function split({ profile, root }) {
  const folder = await mkdtemp(join(tmpdir(), "aichat-split-"));
  try {
    const [apart, bound] = ["apart", "bound"].map((name) => join(folder, name));
    await run("wasm-split-cli", [await builtBy(profile, root), apart, "--out-name", "main"]);
    const words = ["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-dir", bound, "--out-name", "main"];
    await run("wasm-bindgen", [...words, join(apart, "main.wasm")], { maxBuffer: 1 << 28 });
    const parts = new Map();
    for (const file of (await readdir(apart)).filter((name) => name.endsWith(".wasm") && name !== "main.wasm")) {
      parts.set(file.replace(/\.wasm$/, ""), await readFile(join(apart, file)));
    }
    return { script: await joined(apart, bound), program: await readFile(join(bound, "main_bg.wasm")), parts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/// wasm-bindgen's script and the one that fetches parts import each other: together they are one file.
async function joined(apart, bound) {
  const beside = {
    name: "beside",
    setup: (build) => build.onResolve({ filter: /^\.\/(main|__wasm_split)\.js$/ }, ({ path }) => ({
      path: join(path === "./main.js" ? bound : apart, path),
    })),
  };
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "./main.js"; export { default } from "./main.js";', resolveDir: bound },
    bundle: true, write: false, format: "esm", target: "es2022", legalComments: "none", plugins: [beside],
    // wasm-bindgen names the module once for each part.
    logOverride: { "duplicate-object-key": "silent" },
  });
  return outputFiles[0].text;
}
