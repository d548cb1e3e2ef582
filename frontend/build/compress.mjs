// The compressed copies beside a file: gzip for everybody, brotli where its seconds are worth it.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/// Writes a file in one step: whoever reads meanwhile gets the old one or the new one.
export async function replace(file, content) {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

/// Compressed copies of what other projects wrote, by content: those files change with their version only, and the largest
/// of them would cost each build its seconds anew. Where nothing can be kept nothing is.
const KEPT = join(dirname(fileURLToPath(import.meta.url)), "../../node_modules/.cache/aichat");

async function brotli(content, isForeign) {
  const kept = join(KEPT, `${createHash("sha256").update(content).digest("hex")}.br`);
  const before = isForeign && (await readFile(kept).catch(() => undefined));
  if (before) return before;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const small = await promisify(brotliCompress)(content, { params });
  if (isForeign) await mkdir(KEPT, { recursive: true }).then(() => replace(kept, small)).catch(() => {});
  return small;
}

/// Writes `FILE.gz` and, for a release, `FILE.br`, where they are smaller than the file.
export async function compress(file, { release }) {
  const content = await readFile(file);
  const copies = [[".gz", promisify(gzip)(content, { level: release ? 9 : 6 })]];
  if (release) copies.push([".br", brotli(content, /(vendor|preview)[/\\]/.test(file))]);
  for (const [suffix, copy] of copies) {
    const small = await copy;
    if (small.length < content.length) await replace(file + suffix, small);
  }
}
