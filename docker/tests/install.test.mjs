// The scripts that install, build and pack, with programs that stand in for docker and for what would change this machine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ROOT, freePort, temporaryFolder } from "../../frontend/e2e/support/programs.mjs";
import { needed } from "./support/images.mjs";

let scratch;

before(async () => (scratch = await temporaryFolder("install")));
after(() => scratch.remove());

/// A folder of programs that answer as the given shell lines say.
function programs(name, lines) {
  const folder = join(scratch.folder, name);
  mkdirSync(folder, { recursive: true });
  for (const [program, body] of Object.entries(lines)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

/// Runs the script with those programs in front of the machine's own.
async function run(folder, words, more = {}, where = {}) {
  const ports = { FRONTEND_PORT: String(await freePort()), BACKEND_PORT: String(await freePort()), PORT: String(await freePort()) };
  const env = { PATH: `${folder}:/usr/sbin:/usr/bin:/sbin:/bin`, ...ports, ...more };
  const { status, stdout, stderr } = spawnSync("sh", [join(ROOT, "deploy/install.sh"), ...words], { env, encoding: "utf8", ...where });
  return { status, output: stdout + stderr, lines: stdout.trim().split("\n") };
}

const docker = (version, compose, daemon = 0) => ({
  docker: `case "$1 $2" in
    "--version ") echo "Docker version ${version}, build 0000000" ;;
    "compose version") ${compose ? `echo ${compose}` : "exit 1"} ;;
    "info ") exit ${daemon} ;;
    *) exit 9 ;;
  esac`,
});

describe("install.sh --check", () => {
  it("finds a machine with a current docker fit, a line for each thing", async () => {
    const { status, lines, output } = await run(programs("current", docker("24.0.7", "2.21.0")), ["--check", "docker"]);
    assert.equal(status, 0, output);
    assert.ok(lines.every((line) => line.startsWith("ok    ")), output);
    for (const thing of ["machine", "memory", "space", "docker 24.0", "docker compose 2.21", "daemon", "port"]) {
      assert.ok(lines.some((line) => line.includes(thing)), `nothing about ${thing}:\n${output}`);
    }
  });

  it("takes docker-compose for the plugin, when it is version 2", async () => {
    const stubs = { ...docker("20.10.24"), "docker-compose": "echo 'Docker Compose version v2.39.3'" };
    const { status, output } = await run(programs("plugin", stubs), ["--check", "docker"]);
    assert.equal(status, 0, output);
    assert.match(output, /ok {4}docker-compose 2\.39/);
  });

  it("refuses docker 19.03 and says what it needs", async () => {
    const { status, output } = await run(programs("old", docker("19.03.15", "2.21.0")), ["--check", "docker"]);
    assert.equal(status, 1);
    assert.match(output, /FAIL {2}docker needs >= 20\.10 \(found 19\.03\)/);
  });

  it("refuses compose 1 and says what it needs", async () => {
    const stubs = { ...docker("24.0.7"), "docker-compose": "echo 'docker-compose version 1.29.2, build unknown'" };
    const { status, output } = await run(programs("old-compose", stubs), ["--check", "docker"]);
    assert.equal(status, 1);
    assert.match(output, /FAIL {2}docker-compose needs >= 2\.4 \(found 1\.29\)/);
  });

  it("refuses a compose that does not know the name of a project", async () => {
    const { status, output } = await run(programs("early-compose", docker("24.0.7", "2.3.4")), ["--check", "docker"]);
    assert.equal(status, 1);
    assert.match(output, /FAIL {2}docker compose needs >= 2\.4 \(found 2\.3\)/);
  });

  it("says that compose or the daemon is missing", async () => {
    const { status, output } = await run(programs("half", docker("24.0.7", "", 1)), ["--check", "docker"]);
    assert.equal(status, 1);
    assert.match(output, /FAIL {2}docker compose is not here/);
    assert.match(output, /FAIL {2}the docker daemon does not answer/);
  });

  it("refuses other machines", async () => {
    const { status, output } = await run(programs("risc", { uname: "echo riscv64" }), ["--check", "program"]);
    assert.equal(status, 1);
    assert.match(output, /FAIL {2}machine riscv64: AIChat is built for x86_64 and aarch64/);
  });

  it("names a taken port and the variable that changes it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    const stubs = programs("current", docker("24.0.7", "2.21.0"));
    const { status, output } = await run(stubs, ["--check", "docker"], { FRONTEND_PORT: String(port) });
    server.close();
    assert.equal(status, 1);
    assert.match(output, new RegExp(`FAIL {2}port ${port} is taken: .*FRONTEND_PORT`));
    assert.equal(output.match(/FAIL/g).length, 1, output);
  });

  it("finds this machine fit for the program alone", async () => {
    const { status, output } = await run(programs("none", { systemctl: "echo 'systemd 252 (252)'" }), ["--check", "program"]);
    assert.equal(status, 0, output);
    assert.match(output, /ok {4}glibc 2\.\d+\nok {4}systemd 252\nok {4}port/);
  });
});

describe("install.sh PROGRAM", () => {
  it("puts program and unit below a folder, changes nothing else, and keeps the settings of an older one", async () => {
    const root = join(scratch.folder, "root");
    const log = join(scratch.folder, "log");
    const noted = `echo "$(basename "$0") $*" >> ${log}`;
    const stubs = programs("system", { systemctl: noted, useradd: noted, chown: noted, id: "exit 1" });
    const program = needed("AICHAT_PORTABLE", "the portable program");
    const first = await run(stubs, [program], { DESTDIR: root });
    assert.equal(first.status, 0, first.output);
    assert.match(first.output, /^aichat \d+\.\d+\.\d+ \(\w+\) is installed below \S+root$/m);
    assert.equal(statSync(join(root, "usr/local/bin/aichat")).mode & 0o777, 0o755);
    assert.equal(statSync(join(root, "etc/aichat/env")).mode & 0o777, 0o600);
    const unit = readFileSync(join(root, "etc/systemd/system/aichat.service"), "utf8");
    assert.equal(unit, readFileSync(join(ROOT, "deploy/aichat.service"), "utf8"));
    assert.ok(!existsSync(log), "it changed the machine itself");

    writeFileSync(join(root, "etc/aichat/env"), "LOG_LEVEL=debug\n");
    assert.equal((await run(stubs, [program], { DESTDIR: root })).status, 0);
    assert.equal(readFileSync(join(root, "etc/aichat/env"), "utf8"), "LOG_LEVEL=debug\n");
  });

  it("takes a name without a folder for the file in this folder", async () => {
    const folder = programs("download", { aichat: "echo aichat 9.9.9" });
    const stubs = programs("elsewhere", { aichat: "echo aichat 1.1.1" });
    const { status, output } = await run(stubs, ["aichat"], { DESTDIR: join(scratch.folder, "named") }, { cwd: folder });
    assert.equal(status, 0, output);
    assert.match(output, /^aichat 9\.9\.9 is installed/m);
  });

  /// Installs on a machine whose folders are memory and whose user is root; `health` is what the health check ends with.
  function installed(name, health) {
    const log = join(scratch.folder, `log-${name}`);
    const noted = `echo "$(basename "$0") $*" >> ${log}`;
    const stubs = programs(`stubs-${name}`, { systemctl: noted, useradd: noted, chown: noted, sleep: "exit 0", id: '[ "$1" = -u ] && echo 0' });
    const check = `[ "$1" = --version ] && exec echo aichat 9.9.9; [ "$PORT" = 8001 ] && exit ${health}; exit 9`;
    const program = join(programs(`program-${name}`, { aichat: check }), "aichat");
    const words = ["--unshare-user", "--uid", "0", "--gid", "0", "--dev-bind", "/", "/", "--ro-bind", "/usr", "/usr"];
    for (const path of ["/etc", "/usr/local", "/var/lib"]) words.push("--tmpfs", path);
    words.push("--die-with-parent", "--", "sh", join(ROOT, "deploy/install.sh"), program);
    const env = { PATH: `${stubs}:/usr/sbin:/usr/bin:/sbin:/bin` };
    const { status, stdout, stderr } = spawnSync("bwrap", words, { env, encoding: "utf8" });
    return { status, output: stdout + stderr, done: existsSync(log) ? readFileSync(log, "utf8") : "" };
  }

  it("makes the user and its group, starts the service, and says that it runs when it answers", () => {
    const { status, output, done } = installed("well", 0);
    assert.equal(status, 0, output);
    const lines = ["useradd --system --user-group .* aichat", "chown aichat:aichat /var/lib/aichat", "systemctl daemon-reload"];
    assert.match(done, new RegExp(`^${[...lines, "systemctl enable aichat", "systemctl restart aichat"].join("\n")}\n$`));
    assert.match(output, /^aichat 9\.9\.9 is installed and runs at http:\/\/127\.0\.0\.1:8001/m);
  });

  it("does not say that a service runs which never answers", () => {
    const { status, output } = installed("ill", 1);
    assert.equal(status, 1, output);
    assert.match(output, /aichat 9\.9\.9 is installed but does not answer on port 8001: `journalctl -u aichat` says why/);
    assert.ok(!output.includes("runs at"), output);
  });

  it("refuses a file that does not run here, before it changes anything", async () => {
    const root = join(scratch.folder, "untouched");
    const broken = join(scratch.folder, "broken");
    writeFileSync(broken, "no program");
    const { status, output } = await run(programs("empty", {}), [broken], { DESTDIR: root });
    assert.equal(status, 1);
    assert.match(output, /install\.sh: .*broken does not run here/);
    assert.throws(() => readdirSync(root));
  });
});

describe("images.sh", () => {
  /// What it asks docker for.
  const asked = (words) => {
    const folder = programs("builder", { docker: 'echo "$@"' });
    const env = { PATH: `${folder}:/usr/bin:/bin`, VERSION: "0.1.0", REVISION: "abc", SOURCE: "https://code.example.com" };
    const { status, stdout } = spawnSync("sh", [join(ROOT, "docker/images.sh"), ...words], { env, encoding: "utf8" });
    return { status, lines: stdout.trim().split("\n") };
  };

  it("builds both images for both machines, and pushes only when it is told to", () => {
    const { status, lines } = asked(["registry.example.com/a/", "abc1234"]);
    assert.equal(status, 0);
    assert.equal(lines.length, 2);
    for (const [index, image] of ["backend", "frontend"].entries()) {
      assert.ok(lines[index].includes(`--file docker/${image}.Dockerfile --platform linux/amd64,linux/arm64`), lines[index]);
      assert.ok(lines[index].includes(`--tag registry.example.com/a/${image}:abc1234 `) && !lines[index].includes("--push"), lines[index]);
    }
    for (const line of asked(["--push", "registry.example.com/a/", "abc1234"]).lines) assert.ok(line.includes(" --push "), line);
  });

  const namesOf = (tag) => [...asked(["--push", "r.example.com/a/", tag]).lines[0].matchAll(/--tag r\.example\.com\/a\/backend:(\S+)/g)].map(([, name]) => name);

  it("publishes a version under its number, its line and as the latest", () => {
    assert.deepEqual(namesOf("v0.12.3"), ["0.12.3", "0.12", "latest"]);
  });

  it("publishes what is no release yet under its own name alone", () => {
    assert.deepEqual(namesOf("v0.2.0-rc.1"), ["0.2.0-rc.1"]);
    assert.deepEqual(namesOf("abc1234"), ["abc1234"]);
  });
});

describe("the archives of a release", () => {
  it("hold the program, its unit and its installer, and fit their checksums", () => {
    const target = join(scratch.folder, "target");
    for (const machine of ["x86_64", "aarch64"]) {
      const folder = join(target, `${machine}-unknown-linux-gnu/release`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "aichat"), machine, { mode: 0o755 });
    }
    const folder = join(scratch.folder, "release");
    const env = { ...process.env, CARGO_TARGET_DIR: target };
    const sh = (command) => spawnSync("sh", ["-ec", command], { cwd: ROOT, env, encoding: "utf8" });
    const packed = sh(`deploy/pack.sh 1.2.3 "${folder}" && cd "${folder}" && sha256sum --check SHA256SUMS`);
    assert.equal(packed.status, 0, packed.stderr);
    assert.deepEqual(readdirSync(folder).sort(), ["SHA256SUMS", "aichat-1.2.3-linux-aarch64.tar.gz", "aichat-1.2.3-linux-x86_64.tar.gz"]);
    const listed = sh(`tar tzf "${folder}/aichat-1.2.3-linux-x86_64.tar.gz"`).stdout;
    for (const name of ["aichat", "aichat.service", "install.sh", "LICENSE", ".env.example"]) {
      assert.ok(listed.includes(`aichat-1.2.3-linux-x86_64/${name}\n`), listed);
    }
  });
});
