// The pages stay light. The targets are printed by `cargo xtask bench web`; here is the line that no change may cross.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { measure, signedIn } from "./support/measure.mjs";
import { connect, launch, registerAdmin, registerUser, startAichat, startMock } from "./support.mjs";

/// What a change may add to the targets of 450 and 600 kB before it has to make room first.
const SLACK = 1.05;

let mock;
let server;
let browser;

before(async () => {
  [mock, server, browser] = await Promise.all([startMock(), startAichat(), launch()]);
  const admin = await registerAdmin(server.url);
  await connect(admin, mock, ["ok"]);
  await registerUser(admin, "bob");
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await mock?.stop();
});

const chatPage = (base) => measure(browser, base, "/", "main.chat textarea", { prepare: signedIn(server, base, "bob") });

describe("what a page loads", () => {
  it("the sign-in form needs no program: 70 kB and 8 requests at most", async () => {
    const { early, earlyRequests } = await measure(browser, server.url, "/auth/login", "input[type=password]");
    assert.ok(early <= 70_000, `${early} bytes`);
    assert.ok(earlyRequests <= 8, `${earlyRequests} requests`);
  });

  it("the chat page stays within its budget with brotli", async () => {
    const { bytes, requests } = await chatPage(server.url);
    assert.ok(bytes <= 450_000 * SLACK, `${bytes} bytes`);
    assert.ok(requests <= 20, `${requests} requests`);
  });

  it("the chat page stays within its budget with gzip alone", async () => {
    const { bytes } = await chatPage(server.named);
    assert.ok(bytes > 100_000 && bytes <= 600_000 * SLACK, `${bytes} bytes`);
  });
});
