// The stack of docker/compose.postgres.yml. The image of its database is not ours to put together: a PostgreSQL of this
// machine stands in, with the same command, names and socket in the volume that the backend shares.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Program, temporaryFolder } from "../../../frontend/e2e/support/programs.mjs";
import { needed } from "./images.mjs";
import { Stack } from "./stack.mjs";

/// PostgreSQL does not run as root: its programs are somebody whom every machine knows.
const AS_NOBODY = ["--unshare-user", "--uid", "65534", "--gid", "65534", "--dev-bind", "/", "/", "--die-with-parent", "--"];

export class StackOnPostgres extends Stack {
  constructor(file, images) {
    const { database, ...services } = file.services;
    for (const service of Object.values(services)) service.needs = service.needs.filter(({ service }) => service !== "database");
    super({ ...file, services }, images);
    this.database = database;
  }

  /// The database stays while the others are ended and started again.
  async start() {
    this.scratch ??= await temporaryFolder("stack");
    this.server ??= await launched(this.database, join(this.scratch.folder, "volumes"));
    await super.start();
  }

  async remove() {
    this.server?.child.kill("SIGKILL");
    await super.remove();
  }
}

async function launched({ command, environment, volumes }, folder) {
  const programs = needed("POSTGRES", "the folder of PostgreSQL's programs");
  const words = (program, ...rest) => [...AS_NOBODY, join(programs, program), ...rest];
  const place = (end) => join(folder, volumes.find(({ target }) => target.endsWith(end)).source);
  const [data, socket] = [place("/data"), place("/run/postgresql")];
  mkdirSync(socket, { recursive: true });
  const { POSTGRES_USER: user, POSTGRES_HOST_AUTH_METHOD: method } = environment;
  execFileSync("bwrap", words("initdb", `--username=${user}`, `--auth=${method}`, "--no-sync", "-D", data), { stdio: ["ignore", "ignore", "pipe"] });
  const [program, ...options] = command;
  const server = new Program("postgres", "bwrap", words(program, "-D", data, "-k", socket, ...options));
  const asks = ["--host", socket, "--username", user];
  await server.ready(() => spawnSync("bwrap", words("pg_isready", ...asks)).status === 0);
  execFileSync("bwrap", words("createdb", ...asks, environment.POSTGRES_DB), { stdio: ["ignore", "ignore", "pipe"] });
  return server;
}
