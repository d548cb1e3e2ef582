// Runs one service of a compose file as a container would run, by bubblewrap: its image's root read-only, its user, its
// environment and nothing else of ours, its volumes, no capability, no new privileges.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Program, until } from "../../../frontend/e2e/support/programs.mjs";
import { mountPoint } from "./images.mjs";

/// What an engine gives every container.
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export class Container {
  /// `scratch` keeps its volumes and its /etc/hosts; `names` is who else can be reached.
  constructor(service, image, scratch, names) {
    Object.assign(this, { service, image, scratch });
    this.hosts = join(scratch, `hosts-${service.name}`);
    const others = Object.entries({ ...service.hosts, ...names }).map(([name, address]) => `${addressOf(address)} ${name}`);
    writeFileSync(this.hosts, ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback", ...others, ""].join("\n"));
    this.resolver = join(scratch, "resolv.conf");
    writeFileSync(this.resolver, "");
  }

  /// The folder of a volume. Inside, its owner is the image's user: an engine gives a new volume the owner that the
  /// folder has in the image, which the suite of the images checks.
  volume(source) {
    const place = join(this.scratch, "volumes", source);
    mkdirSync(place, { recursive: true });
    return place;
  }

  environment() {
    return { PATH, HOME: "/", HOSTNAME: this.service.name, ...this.image.config.env, ...this.service.environment };
  }

  /// The arguments of bubblewrap in front of the program's own.
  isolation() {
    const { image, service } = this;
    const [user, group] = image.config.user.split(":");
    const words = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--uid", user, "--gid", group];
    words.push("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv");
    for (const [name, value] of Object.entries(this.environment())) words.push("--setenv", name, value);
    const mounts = [];
    // A container without `read_only` may write its own layer; the places it does write to are memory here.
    const memory = service.read_only ? service.tmpfs : [...service.tmpfs, ...this.writable()];
    for (const folder of memory) mounts.push(["--perms", this.rights(folder), "--tmpfs", folder.path, "folder"]);
    for (const { source, target } of service.volumes) mounts.push(["--bind", this.volume(source), target, "folder"]);
    mounts.push(["--ro-bind", this.hosts, "/etc/hosts", "file"], ["--ro-bind", this.resolver, "/etc/resolv.conf", "file"]);
    words.push("--ro-bind", image.root, "/", "--proc", "/proc", "--dev", "/dev");
    for (const mount of mounts) {
      const kind = mount.pop();
      mountPoint(image.root, mount.at(-1), kind);
      words.push(...mount);
    }
    return [...words, "--chdir", image.config.workdir];
  }

  /// Folders that belong to the image's user, as its Dockerfile says, and that nothing else covers; and `/tmp`.
  writable() {
    const [uid, gid] = this.image.config.user.split(":");
    const { volumes, tmpfs } = this.service;
    const covered = [...volumes.map(({ target }) => target), ...tmpfs.map(({ path }) => path)];
    return [...this.image.owned, "/tmp"].filter((path) => !covered.includes(path)).map((path) => ({ path, uid, gid }));
  }

  /// The permissions of a folder in memory. The sandbox gives everything to the user it runs as, so what belongs to
  /// somebody else has for that user the rights that others have: with an engine, those of the folder that it covers.
  rights({ path, uid, mode }) {
    const place = join(this.image.root, path);
    const bits = mode ?? (existsSync(place) ? statSync(place).mode & 0o777 : 0o755);
    const others = bits & 0o007;
    return (uid === this.image.config.user.split(":")[0] ? bits : others * 0o111).toString(8).padStart(4, "0");
  }

  async start() {
    // The network is the suite's own, and so are its switches.
    for (const [name, value] of Object.entries(this.service.sysctls ?? {})) {
      writeFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, String(value));
    }
    const { entrypoint, cmd } = this.image.config;
    const command = [...entrypoint, ...(this.service.command ?? cmd)];
    // The program is process 1, as in a container: signals have no default effect on it.
    const words = [...this.isolation(), "--as-pid-1", "--", ...command];
    // bubblewrap says on its own channel, here among the output, which process it started.
    this.program = new Program(this.service.name, "sh", ["-c", 'exec 3>&1; exec bwrap --info-fd 3 "$@"', "bwrap", ...words]);
    const started = () => /"child-pid": (\d+)/.exec(this.program.output) ?? this.failed();
    this.pid = Number((await until(`${this.service.name} has started`, started))[1]);
  }

  failed() {
    if (!this.program.end) return undefined;
    throw new Error(`${this.service.name} ended: ${JSON.stringify(this.program.end)}\n${this.program.output.slice(-4000)}`);
  }

  /// Runs a command inside the root, as an engine runs a health check: `{code, output}`.
  run(command) {
    return new Promise((resolve) => {
      const child = spawn("bwrap", [...this.isolation(), "--", ...command], { stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
      child.once("close", (code) => resolve({ code, output }));
    });
  }

  async healthy() {
    let last;
    return until(`${this.service.name} is healthy by ${this.service.healthcheck.command.join(" ")}`, async () => {
      this.failed();
      last = await this.run(this.service.healthcheck.command);
      return last.code === 0;
    }, { timeout: 30_000, every: 200 }).catch((error) => {
      throw new Error(`${error.message}\n${last?.output}\n${this.program.output.slice(-4000)}`);
    });
  }

  /// Ends it as an engine does: the image's signal to process 1, and its whole patience.
  async stop() {
    process.kill(this.pid, this.image.config.stopSignal);
    const timer = setTimeout(() => this.program.child.kill("SIGKILL"), this.service.grace * 1000);
    const end = await this.program.ended;
    clearTimeout(timer);
    return end;
  }
}

const addressOf = (address) => (address === "host-gateway" ? "127.0.0.1" : address);
