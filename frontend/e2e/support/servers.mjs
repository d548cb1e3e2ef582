// The two servers of every suite: the fake model and AIChat itself.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Program, ROOT, freePort, temporaryFolder } from "./programs.mjs";

const built = (name, variable) => process.env[variable] ?? join(ROOT, "target/debug", name);

/// The built client: what `cargo xtask test` names, else the newest kind that is there.
function clientFolder() {
  const folders = [process.env.SPA_DIR, join(ROOT, "target/spa"), join(ROOT, "frontend/dist")];
  const found = folders.find((folder) => folder && existsSync(join(folder, "index.html")));
  if (!found) throw new Error("the web client is not built: run `cargo xtask web`");
  return found;
}

export const SPA_DIR = clientFolder();

/// The fake model server. `url` is what a connection wants as its base address.
export async function startMock(...args) {
  const program = new Program("mock-llm", built("mock-llm", "MOCK_LLM"), args);
  const url = await program.ready(() => /listening on (\S+)/.exec(program.output)?.[1]);
  const ledger = async () => (await fetch(new URL("/ledger", url))).json();
  return { url, program, ledger, stop: () => program.stop() };
}

/// AIChat with an empty data folder. It can be ended and started again on the same data and port.
export async function startAichat({ env = {} } = {}) {
  const port = await freePort();
  const data = await temporaryFolder("data");
  const server = {
    port,
    data: data.folder,
    url: `http://127.0.0.1:${port}`,
    named: `http://aichat.test:${port}`,
    async start() {
      const settings = { HOST: "127.0.0.1", PORT: String(port), DATA_DIR: data.folder, ...env };
      // Started in its data folder, so that a `.env` of the developer has no say.
      const options = { env: settings, cwd: data.folder };
      server.program = new Program("aichat", built("aichat", "AICHAT"), ["serve", "--spa", SPA_DIR], options);
      await server.program.ready(() => fetch(`${server.url}/api/health`).then((answer) => answer.ok, () => false));
    },
    /// Power cut by default: what survives it survives everything else.
    async restart(signal = "SIGKILL") {
      await server.program.stop(signal);
      await server.start();
    },
    async stop() {
      await server.program.stop();
      await data.remove();
    },
  };
  await server.start();
  return server;
}
