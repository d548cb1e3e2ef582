// The compressed copies beside a file: gzip for everybody, brotli where its seconds are worth it.
import { readFile, rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/// Writes a file in one step: whoever reads meanwhile gets the old one or the new one.
export async function replace(file, content) {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

/// Writes `FILE.gz` and, for a release, `FILE.br`, where they are smaller than the file.
export async function compress(file, { release }) {
  const content = await readFile(file);
  const copies = [[".gz", promisify(gzip)(content, { level: release ? 9 : 6 })]];
  if (release) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    copies.push([".br", promisify(brotliCompress)(content, { params })]);
  }
  for (const [suffix, copy] of copies) {
    const small = await copy;
    if (small.length < content.length) await replace(file + suffix, small);
  }
}
