// A server with the fake model behind, connected by the protocols that are asked for, and a key to it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { Program, ROOT, freePort, temporaryFolder } from "../../../../frontend/e2e/support/programs.mjs";

const built = (name, variable) => process.env[variable] ?? join(ROOT, "target/debug", name);

/// Starts it all. `mock` is the fake model, `secret` the key; `close` ends what was started.
export async function open(protocols, models) {
  const running = [];
  const close = async () => {
    for (const end of running.reverse()) await end();
  };
  try {
    const mock = new Program("mock-llm", built("mock-llm", "MOCK_LLM"), []);
    running.push(() => mock.stop());
    const upstream = await mock.ready(() => /listening on (\S+)/.exec(mock.output)?.[1]);
    const data = await temporaryFolder("programs");
    running.push(() => data.remove());
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { HOST: "127.0.0.1", PORT: String(port), DATA_DIR: data.folder };
    const server = new Program("aichat", built("aichat", "AICHAT"), ["serve"], { env, cwd: data.folder });
    running.push(() => server.stop());
    await server.ready(() => fetch(`${url}/api/health`).then((answer) => answer.ok, () => false));
    const call = async (path, body, token) => {
      const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
      const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
      const json = await answer.json();
      assert.ok(answer.ok, `POST ${path}: ${answer.status} ${JSON.stringify(json)}`);
      return json;
    };
    const { tokens } = await call("/api/auth/register", { username: "admin", password: "correct horse battery", tokens: true });
    for (const protocol of protocols) {
      const connection = { name: protocol, protocol, prefix: `${protocol}/`, baseUrl: upstream, key: "sk-0123456789", models };
      await call("/api/connections", connection, tokens.accessToken);
    }
    const { secret } = await call("/api/keys", { name: "programs", scopes: ["chat", "models"] }, tokens.accessToken);
    return { url, upstream, mock, secret, close };
  } catch (error) {
    // Programs that are left running would keep the suite from ending.
    await close();
    throw error;
  }
}
