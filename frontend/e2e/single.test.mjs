// The one program with the client inside, started in an empty folder with nothing said to it. `cargo xtask test --only
// single` builds it first.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Program, ROOT, SPA_DIR, bodyOf, freePort, launch, raw, temporaryFolder, visit } from "./support.mjs";

const AICHAT = process.env.AICHAT ?? join(ROOT, "target/debug/aichat");

const running = [];

/// Starts the program in a folder of its own with these arguments.
async function start(...args) {
  const [port, scratch] = [await freePort(), await temporaryFolder("single")];
  const program = new Program("aichat", AICHAT, ["--port", String(port), ...args], { cwd: scratch.folder });
  running.push({ program, scratch });
  const url = `http://127.0.0.1:${port}`;
  await program.ready(() => fetch(`${url}/api/settings/health`).then((answer) => answer.ok, () => false));
  return { url, folder: scratch.folder };
}

after(async () => {
  for (const { program, scratch } of running) {
    await program.stop();
    await scratch.remove();
  }
});

describe("one program in an empty folder", () => {
  let url;

  before(async () => {
    ({ url } = await start());
  });

  it("serves the whole client to a browser", async () => {
    const browser = await launch();
    try {
      await visit(browser, url, {}, async (page) => {
        await page.goto("/");
        await page.waitForURL("**/auth/register");
        await page.locator("input[type=password]").first().waitFor();
      });
    } finally {
      await browser.close();
    }
  });

  it("gives every reader the same bytes, compressed or not", async () => {
    const page = (await bodyOf(await raw(url))).toString();
    assert.equal(page, readFileSync(join(SPA_DIR, "index.html"), "utf8"));
    const [file] = /\/frontend-[0-9a-f]+_bg\.wasm/.exec(page);
    const plain = readFileSync(join(SPA_DIR, file));
    for (const [accepted, coding, stored] of [["br, gzip", "br", ".br"], ["gzip", "gzip", ".gz"], ["", undefined, ""]]) {
      const answer = await raw(url + file, { headers: { "accept-encoding": accepted } });
      assert.equal(answer.headers["content-encoding"], coding, accepted);
      assert.equal(answer.headers["content-type"], "application/wasm");
      assert.ok((await bodyOf(answer)).equals(stored ? readFileSync(join(SPA_DIR, file + stored)) : plain), accepted);
    }
  });
});

describe("a folder that is named", () => {
  it("wins over the client inside", async () => {
    const other = await temporaryFolder("client");
    await writeFile(join(other.folder, "index.html"), "<!doctype html>another client");
    const { url } = await start("--spa", other.folder);
    assert.equal((await bodyOf(await raw(url))).toString(), "<!doctype html>another client");
    const missing = await raw(`${url}/app.css`);
    missing.resume();
    assert.equal(missing.statusCode, 404, "the two are mixed");
    await other.remove();
  });
});
