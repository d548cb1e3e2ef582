// AIChat behind the proxies of the world. The quiet streams take 75 s, so that all of them are quiet at the same time.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Caller, PASSWORD, bodyOf, connect, raw, registerAdmin, registerUser } from "./support/api.mjs";
import { freePort } from "./support/programs.mjs";
import { startCaddy, startDocumentedCaddy, startDocumentedNginx, startNginx } from "./support/proxies.mjs";
import { SPA_DIR, startAichat, startMock } from "./support/servers.mjs";

const QUIET = "silent-75000";
const PACED = "tokens-30-10";
const NAMES = ["caddy", "nginx", "nginx with its cache on", "caddy as documented", "nginx as documented"];
const running = [];
const proxies = new Map();
const quiet = new Map();
let admin;
let bob;

const chats = async (caller) => (await caller.ok("GET", "/api/sessions")).items.map(({ id }) => id);

before(async () => {
  const mock = await startMock();
  running.push(mock);
  const server = await startAichat();
  running.push(server);
  admin = await registerAdmin(server.url);
  await connect(admin, mock, ["ok", QUIET, PACED]);
  bob = await registerUser(admin, "bob");
  const edge = await startCaddy(server.port);
  const own = [startNginx(server.port), startNginx(server.port, { cache: true })];
  const documented = [startDocumentedCaddy(edge.port), startDocumentedNginx(edge.port)];
  for (const proxy of [edge, ...(await Promise.all([...own, ...documented]))]) {
    running.push(proxy);
    proxies.set(proxy.name, proxy);
    const answer = admin.at(proxy.url).stream({ content: "hello", model: QUIET });
    // Its test looks at the result later; until then a failure is nobody's.
    answer.catch(() => {});
    quiet.set(proxy.name, answer);
  }
});

after(async () => {
  for (const program of running.reverse()) await program.stop();
});

for (const name of NAMES) {
  describe(`behind ${name}`, () => {
    const through = (caller) => caller.at(proxies.get(name).url);

    it("tokens arrive one by one", async () => {
      const { events, text } = await through(admin).stream({ content: "count", model: PACED });
      const tokens = events.filter(({ type }) => type.startsWith("part.") && type !== "part.done");
      assert.equal(events.at(-1).type, "run.completed");
      assert.equal(text.trim().split(/\s+/).length, 30);
      // A proxy that holds back lets all of them go at once; a busy machine only makes some of them late.
      const arrivals = new Set(tokens.map(({ at }) => Math.round(at / 50)));
      assert.ok(arrivals.size >= 10, `30 tokens came in ${arrivals.size} heaps`);
      assert.ok(tokens[0].at < tokens.at(-1).at - 1500, "the first token waited for the last");
    });

    it("nobody gets another's answer", async () => {
      for (let round = 0; round < 5; round += 1) {
        for (const [caller, expected] of [[admin, "ada"], [bob, "bob"]]) {
          const me = await through(caller).send("GET", "/api/auth/me");
          assert.equal(me.status, 200);
          assert.equal(JSON.stringify(me.body).includes(`"${expected}"`), true, `${expected} received ${JSON.stringify(me.body)}`);
          const [own, received] = await Promise.all([chats(caller), chats(through(caller))]);
          assert.deepEqual(received, own, `${expected} received the chats of somebody else`);
        }
        const nobody = await new Caller(proxies.get(name).url).send("GET", "/api/auth/me");
        assert.equal(nobody.status, 401);
      }
    });

    it("a stream of one person is not replayed to another", async () => {
      const [first, second] = await Promise.all([
        through(admin).stream({ content: "first", model: "ok" }),
        through(bob).stream({ content: "second", model: "ok" }),
      ]);
      assert.notEqual(first.events[0].runId, second.events[0].runId);
      const foreign = await through(bob).send("GET", `/api/chat/runs/${first.events[0].runId}/events`);
      assert.equal(foreign.status, 404);
    });

    it("a browser with a cookie may write although Host has lost its port", async () => {
      const proxy = proxies.get(name);
      const origin = { origin: proxy.url, "x-aichat-request": "1" };
      const browser = new Caller(proxy.url);
      const signedIn = await browser.send("POST", "/api/auth/login", { username: "bob", password: PASSWORD }, origin);
      assert.equal(signedIn.status, 200, JSON.stringify(signedIn.body));
      const cookie = signedIn.headers["set-cookie"].map((line) => line.split(";")[0]).join("; ");
      const changed = await browser.send("PATCH", "/api/auth/me", { theme: "dark" }, { ...origin, cookie });
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
      const forged = { origin: "http://evil.test", "x-aichat-request": "1", cookie };
      const refused = await browser.send("PATCH", "/api/auth/me", { theme: "light" }, forged);
      assert.equal(refused.status, 403, "a foreign origin was let in");
    });

    it("the program arrives compressed, typed, and is not sent twice", async () => {
      const file = readdirSync(SPA_DIR).find((entry) => entry.endsWith("_bg.wasm"));
      const url = `${proxies.get(name).url}/${file}`;
      const first = await raw(url, { headers: { "accept-encoding": "gzip" } });
      const body = await bodyOf(first);
      assert.equal(first.headers["content-type"], "application/wasm");
      assert.equal(first.headers["content-encoding"], "gzip");
      assert.equal(body.readUInt16BE(0), 0x1f8b);
      const again = await raw(url, { headers: { "accept-encoding": "gzip", "if-none-match": first.headers.etag } });
      again.resume();
      assert.equal(again.statusCode, 304);
    });

    it("an address inside the client leads to the page, a missing file does not", async () => {
      const proxy = new Caller(proxies.get(name).url);
      const page = await proxy.send("GET", "/settings/profile");
      assert.equal(page.status, 200);
      assert.match(page.body, /<script src="\/boot-/);
      assert.match(page.headers["content-security-policy"], /script-src 'self' 'wasm-unsafe-eval';/);
      const again = await proxy.send("GET", "/settings/profile");
      assert.notEqual(again.headers["x-cache"], "HIT", "a cache would show the old page after an update");
      assert.equal((await proxy.send("GET", "/frontend-0123456789abcdef.js")).status, 404);
    });

    it("pages of previews come without an origin and for our frames alone", async () => {
      const proxy = new Caller(proxies.get(name).url);
      const script = readdirSync(join(SPA_DIR, "preview")).find((entry) => /^diagram-[0-9a-f]{16}\.js$/.test(entry));
      for (const path of ["/preview/diagram.html", "/preview/page.html", `/preview/${script}`]) {
        const { status, headers } = await proxy.send("GET", path);
        assert.equal(status, 200, path);
        assert.match(headers["content-security-policy"], /^default-src 'none'; .*frame-ancestors 'self'; sandbox allow-scripts$/, path);
        assert.equal(headers["x-frame-options"], "SAMEORIGIN", path);
        assert.equal(headers["access-control-allow-origin"], "*", path);
      }
      const { headers } = await proxy.send("GET", "/");
      assert.equal(headers["x-frame-options"], "DENY");
      assert.equal(headers["access-control-allow-origin"], undefined);
    });

    it("a silence of 75 seconds survives", async () => {
      const { events, comments, text } = await quiet.get(name);
      const last = events.at(-1);
      assert.equal(last.type, "run.completed", JSON.stringify(last));
      assert.ok(last.at > 75_000, `it was quiet for ${last.at} ms only`);
      assert.ok(comments.filter(({ at }) => at > 1000).length >= 5, "no heartbeat kept the line open");
      assert.notEqual(text, "");
      assert.equal(last.length, Buffer.byteLength(text));
      assert.equal(last.sha256, createHash("sha256").update(text).digest("hex"));
    });
  });
}

describe("caddy without a backend", () => {
  let edge;
  let dead;

  before(async () => {
    dead = await freePort();
    edge = await startCaddy(dead);
    running.push(edge);
  });

  it("names the backend's address to programs", async () => {
    for (const path of ["/api/health", "/v1/models"]) {
      const answer = await new Caller(edge.url).send("GET", path);
      assert.equal(answer.status, 502);
      assert.equal(answer.body.code, "edge.backend_unreachable");
      assert.ok(answer.body.message.includes(`127.0.0.1:${dead}`), answer.body.message);
      assert.equal(answer.headers["x-accel-expires"], "0");
    }
  });

  it("tells people the same in both languages, and still serves the client", async () => {
    const docs = await new Caller(edge.url).send("GET", "/docs");
    assert.equal(docs.status, 502);
    assert.match(docs.headers["content-type"], /text\/html/);
    assert.ok(docs.body.includes(`127.0.0.1:${dead}`) && docs.body.includes("后端没有响应"), docs.body);
    assert.equal((await new Caller(edge.url).send("GET", "/")).status, 200);
  });
});
