// The built client belongs to no address: it names none of its own, and the same files work at any. Row 2-4 of the troubles.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { SPA_DIR, launch, startAichat, visit } from "./support.mjs";

/// Addresses of this machine and of private networks.
const OWN = /(?:https?|wss?):\/\/(?:localhost|127\.|0\.0\.0\.0|10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\])[^\s"'`<>\\)]*/gi;
/// What the wizard proposes for model servers on the same machine, which are no addresses of ours.
const PROPOSED = ["http://localhost:11434", "http://localhost:1234/v1", "http://localhost:8080/v1", "http://localhost:8000/v1"];

/// Every file of the client, compressed copies left out: they say the same.
const files = () =>
  readdirSync(SPA_DIR, { recursive: true }).filter((name) => !/\.(br|gz)$/.test(name) && statSync(join(SPA_DIR, name)).isFile());

/// The addresses in a text, those left out that begin with a proposed one: in the program, texts follow each other unparted.
const addresses = (text) => (text.match(OWN) ?? []).filter((found) => !PROPOSED.some((proposed) => found.startsWith(proposed)));

describe("the built client", () => {
  it("contains no address of its own", () => {
    const names = files();
    assert.ok(names.some((name) => name.endsWith(".wasm")) && names.includes("index.html"), names.join(", "));
    const found = names.flatMap((name) => addresses(readFileSync(join(SPA_DIR, name), "latin1")).map((one) => `${name}: ${one}`));
    assert.deepEqual(found, []);
  });

  it("would be caught with one", () => {
    assert.deepEqual(addresses('fetch("http://192.168.1.5:3556/api")'), ["http://192.168.1.5:3556/api"]);
    assert.deepEqual(addresses("http://localhost:8001/api http://localhost:11434/v1models"), ["http://localhost:8001/api"]);
  });
});

describe("the same files", () => {
  let browser;
  let servers;

  before(async () => {
    [browser, ...servers] = await Promise.all([launch(), startAichat(), startAichat()]);
  });

  after(async () => {
    await browser?.close();
    for (const server of servers ?? []) await server.stop();
  });

  it("work on two ports, by number and by name", async () => {
    assert.notEqual(servers[0].port, servers[1].port);
    for (const server of servers) {
      for (const address of [server.url, server.named]) {
        // A request to anybody else fails the visit.
        await visit(browser, address, {}, async (page) => {
          await page.goto("/");
          await page.waitForURL("**/auth/register");
          await page.locator("input[type=password]").first().waitFor();
        });
      }
    }
  });
});
