// Starts and ends the programs that a suite needs, each on a free loopback port with a folder of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/// A port that nobody uses, below those that systems give to outgoing connections: nobody takes it while a server that has
/// it is away for a moment.
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(() => true, () => false);
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

export async function temporaryFolder(name) {
  const folder = await mkdtemp(join(tmpdir(), `aichat-${name}-`));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/// Waits until `check` returns something true, and says what was waited for when it never does.
export async function until(what, check, { timeout = 60_000, every = 25 } = {}) {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeout} ms`);
    await sleep(every);
  }
}

/// A running program. What it prints is kept, for messages and for tests of its words.
export class Program {
  constructor(name, file, args, { env = {}, cwd } = {}) {
    this.name = name;
    this.output = "";
    const { PATH, HOME, TMPDIR } = process.env;
    // Nothing else of the caller's environment: a key or an address in it would change what is tested.
    this.child = spawn(file, args, { cwd, env: { PATH, HOME, TMPDIR, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve({ error }));
      this.child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.ended.then((end) => (this.end = end));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.output = (this.output + text).slice(-1_000_000)));
    }
    // A suite that dies must not leave its servers behind.
    process.once("exit", () => this.child.kill("SIGKILL"));
  }

  /// Waits for a sign of life; one that does not come is reported with the program's last words.
  async ready(check, timeout = 30_000) {
    const lives = async () => {
      if (this.end) throw new Error(`it ended: ${JSON.stringify(this.end)}`);
      return check();
    };
    try {
      return await until(`${this.name} is ready`, lives, { timeout });
    } catch (error) {
      throw new Error(`${this.name}: ${error.message}\n${this.output.slice(-4000)}`, { cause: error });
    }
  }

  /// Ends it as an operator would, or as a power cut does.
  async stop(signal = "SIGTERM") {
    this.child.kill(signal);
    const end = await Promise.race([this.ended, sleep(10_000, null, { ref: false })]);
    if (end) return end;
    this.child.kill("SIGKILL");
    throw new Error(`${this.name} did not end within 10 s of ${signal}\n${this.output.slice(-4000)}`);
  }
}
