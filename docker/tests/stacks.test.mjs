// The compose files that people paste, rendered from an empty environment, with our images' layers: everything comes up
// by its own health checks, a person registers and chats through the published port, the end is clean, the data stays.
//
// Runs in a network namespace of its own, so that the ports of the files are free whatever the machine does:
// `cargo xtask test --only deploy`.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Caller, PASSWORD, bodyOf, connect, registerAdmin } from "../../frontend/e2e/support/api.mjs";
import { ROOT, until } from "../../frontend/e2e/support/programs.mjs";
import { startMock } from "../../frontend/e2e/support/servers.mjs";
import { render } from "./support/compose.mjs";
import { IMAGES, assembled } from "./support/images.mjs";
import { StackOnPostgres } from "./support/postgres.mjs";
import { Stack } from "./support/stack.mjs";

const FRONTEND = "http://127.0.0.1:3555";
const BACKEND = "http://127.0.0.1:3556";
const PACED = "tokens-15-10";

// Every container is a program with an own listener for the end of this process.
process.setMaxListeners(100);

const built = {};
let mock;

before(async () => {
  assert.equal(process.env.AICHAT_OWN_NETWORK, "1", "this suite needs a network of its own: cargo xtask test --only deploy");
  for (const name of Object.keys(IMAGES)) built[name] = assembled(name);
  mock = await startMock();
});

after(() => mock?.stop());

/// The assembled image that an image name stands for.
function image(name) {
  const found = Object.keys(IMAGES).find((kind) => name.includes(`aichat-${kind}:`));
  assert.ok(found, `${name} is none of ours`);
  return built[found];
}

/// The file alone in an otherwise empty folder, as somebody has it who pasted it.
function pasted(file) {
  const folder = mkdtempSync(join(tmpdir(), "aichat-paste-"));
  const copy = join(folder, basename(file));
  try {
    copyFileSync(join(ROOT, file), copy);
    return render(copy, {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WHOLE = {
  "docker/compose.yml": Stack,
  "docker/1panel.yml": Stack,
  "docker/tests/document-001.yml": Stack,
  "docker/compose.postgres.yml": StackOnPostgres,
};

for (const [file, Kind] of Object.entries(WHOLE)) {
  describe(`${file} as it is`, () => {
    const stack = new Kind(pasted(file), image);
    let admin;

    before(() => stack.start());
    after(() => stack.remove());

    it("both published ports answer their health addresses", async () => {
      for (const address of [`${FRONTEND}/api/health`, `${FRONTEND}/api/settings/health`, `${BACKEND}/api/settings/health`]) {
        const answer = await new Caller(address).send("GET", "");
        assert.equal(answer.status, 200, `${address}: ${JSON.stringify(answer.body)}`);
      }
      const page = await new Caller(FRONTEND).send("GET", "/auth/register");
      assert.match(page.body, /<title>/);
    });

    it("its users may write everywhere that their images say", async () => {
      for (const container of stack.containers.values()) {
        for (const path of [...container.image.owned, "/tmp"]) {
          const { code, output } = await container.run(["/bin/sh", "-c", `: > ${path}/probe`]);
          assert.equal(code, 0, `${container.service.name}: ${output}`);
        }
      }
    });

    it("the first person registers as administrator and an answer streams through the frontend", async () => {
      admin = await registerAdmin(FRONTEND);
      assert.equal(admin.user.role, "admin");
      const host = stack.file.services.backend.hosts["host.docker.internal"] ? "host.docker.internal" : "127.0.0.1";
      await connect(admin, { url: mock.url.replace("127.0.0.1", host) }, [PACED]);
      const { events, text } = await admin.stream({ content: "count", model: PACED });
      assert.equal(events.at(-1).type, "run.completed", JSON.stringify(events.at(-1)));
      assert.equal(text.trim().split(/\s+/).length, 15);
      const tokens = events.filter(({ type }) => type === "part.delta");
      assert.ok(tokens.at(-1).at - tokens[0].at > 1000, "the tokens came in a heap");
    });

    it("the end is clean, and after it everything is still there", async () => {
      const ends = await stack.stop();
      assert.deepEqual(ends, { frontend: { code: 0, signal: null }, backend: { code: 0, signal: null } }, outputs(stack));
      await stack.start();
      const again = await new Caller(FRONTEND).ok("POST", "/api/auth/login", { username: "ada", password: PASSWORD, tokens: true });
      const chats = await new Caller(FRONTEND, again.tokens.accessToken).ok("GET", "/api/sessions");
      assert.equal(chats.items.length, 1);
      assert.equal((await admin.send("GET", "/api/auth/me")).status, 200, "a restart signed everybody out");
      await stack.stop();
    });

    it("the doctor examines the data in a container of its own, while the server does not run", async () => {
      const backend = stack.containers.get("backend");
      const { code, output } = await backend.run([...backend.image.config.entrypoint, "doctor"]);
      assert.equal(code, 0, output);
      assert.match(output, /^ok {3}database /m);
    });

    it("keeps its data in the database that it names", () => {
      const data = readdirSync(join(stack.scratch.folder, "volumes/backend_data"));
      assert.equal(data.some((name) => name.endsWith(".db")), Kind === Stack, data.join(" "));
    });
  });
}

describe("docker/compose.domain.yml without a domain", () => {
  const stack = new Stack(pasted("docker/compose.domain.yml"), image);

  before(async () => {
    await stack.start();
    // The health check asks the address inside the container, which needs no certificate; the first one is made meanwhile.
    await until("the certificate is there", () => secure("/api/health").then(() => true, () => false));
  });
  after(() => stack.remove());

  /// A request to https://localhost, whose certificate Caddy has just made itself.
  const secure = (path) =>
    new Promise((resolve, reject) => {
      const options = { host: "localhost", path, rejectUnauthorized: false, agent: false };
      get(options, (answer) => resolve(bodyOf(answer).then((body) => ({ status: answer.statusCode, body: String(body) })))).on("error", reject);
    });

  it("serves the page and the API by HTTPS, as an ordinary user on ports 80 and 443", async () => {
    assert.match((await secure("/auth/login")).body, /<title>/);
    const health = await secure("/api/settings/health");
    assert.equal(health.status, 200, health.body);
  });

  it("leads from HTTP to HTTPS, and publishes nothing else", async () => {
    const plain = await new Caller("http://localhost").send("GET", "/auth/login");
    assert.equal(plain.status, 308);
    assert.equal(plain.headers.location, "https://localhost/auth/login");
    const ports = Object.values(stack.file.services).flatMap(({ ports }) => ports.map(({ published }) => published));
    assert.deepEqual([...new Set(ports)], [80, 443]);
  });

  it("keeps its certificates in a volume, and ends cleanly", async () => {
    const ends = await stack.stop();
    assert.deepEqual(Object.values(ends), [{ code: 0, signal: null }, { code: 0, signal: null }], outputs(stack));
    const certificates = join(stack.scratch.folder, "volumes/caddy_data/caddy/certificates");
    assert.ok(readdirSync(certificates).length > 0);
  });
});

const outputs = (stack) => [...stack.containers.values()].map(({ program }) => `${program.name}:\n${program.output.slice(-3000)}`).join("\n");
