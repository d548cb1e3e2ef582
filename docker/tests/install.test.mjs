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

/// Lines of a `systemctl` that says its version.
const systemd = (version) => `[ "$1" = --version ] && exec echo "systemd ${version} (${version}.1)"`;

/// What a machine has on which one is root; users are not really changed.
const ROOTS = { id: '[ "$1" = -u ] && echo 0', runuser: 'shift 3; exec "$@"' };

/// Runs words as root of a machine whose folders are memory, with those programs and settings.
function machine(stubs, settings, words, env = {}) {
  const sandbox = ["--unshare-user", "--uid", "0", "--gid", "0", "--dev-bind", "/", "/", "--ro-bind", "/usr", "/usr"];
  for (const path of ["/etc", "/usr/local", "/var/lib"]) sandbox.push("--tmpfs", path);
  // Debian's awk is a link into this folder.
  sandbox.push("--dir", "/var/lib/aichat", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives");
  if (settings !== undefined) {
    const file = join(stubs, "env");
    writeFileSync(file, settings);
    sandbox.push("--ro-bind", file, "/etc/aichat/env");
  }
  const search = { PATH: `${stubs}:/usr/sbin:/usr/bin:/sbin:/bin` };
  const run = spawnSync("bwrap", [...sandbox, "--die-with-parent", "--", ...words], { env: { ...search, ...env }, encoding: "utf8" });
  return { status: run.status, output: run.stdout + run.stderr };
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
    const { status, output } = await run(programs("none", { systemctl: systemd(252) }), ["--check", "program"]);
    assert.equal(status, 0, output);
    assert.match(output, /ok {4}glibc 2\.\d+\nok {4}systemd 252\nok {4}port/);
  });
});

describe("install.sh PROGRAM", () => {
  it("puts program and unit below a folder, changes nothing else, and keeps the settings of an older one", async () => {
    const root = join(scratch.folder, "root");
    const log = join(scratch.folder, "log");
    const noted = `echo "$(basename "$0") $*" >> ${log}`;
    const stubs = programs("system", { systemctl: `${systemd(252)}\n${noted}`, useradd: noted, chown: noted, id: "exit 1" });
    const program = needed("AICHAT_PORTABLE", "the portable program");
    const first = await run(stubs, [program], { DESTDIR: root });
    assert.equal(first.status, 0, first.output);
    assert.match(first.output, /^aichat \d+\.\d+\.\d+ \(\w+\) is installed below \S+root$/m);
    assert.equal(statSync(join(root, "usr/local/bin/aichat")).mode & 0o777, 0o755);
    assert.equal(statSync(join(root, "etc/aichat/env")).mode & 0o777, 0o600);
    const unit = readFileSync(join(root, "etc/systemd/system/aichat.service"), "utf8");
    assert.equal(unit, readFileSync(join(ROOT, "deploy/aichat.service"), "utf8"));
    assert.equal(statSync(join(root, "usr/local/bin/aichat-ctl")).mode & 0o777, 0o755);
    assert.ok(!existsSync(log), "it changed the machine itself");

    writeFileSync(join(root, "etc/aichat/env"), "LOG_LEVEL=debug\n");
    assert.equal((await run(stubs, [program], { DESTDIR: root })).status, 0);
    assert.equal(readFileSync(join(root, "etc/aichat/env"), "utf8"), "LOG_LEVEL=debug\n");
  });

  it("leaves out of the unit what systemd before 239 takes for a list of almost nothing", async () => {
    const whole = readFileSync(join(ROOT, "deploy/aichat.service"), "utf8").split("\n");
    const program = join(programs("any", { aichat: "echo aichat 9.9.9" }), "aichat");
    for (const [version, left] of [[219, 2], [237, 2], [239, 0]]) {
      const root = join(scratch.folder, `systemd-${version}`);
      const { status, output } = await run(programs(`stub-${version}`, { systemctl: systemd(version) }), [program], { DESTDIR: root });
      assert.equal(status, 0, output);
      const unit = readFileSync(join(root, "etc/systemd/system/aichat.service"), "utf8").split("\n");
      const gone = whole.filter((line) => !unit.includes(line));
      assert.ok(gone.length === left && gone.every((line) => line.startsWith("SystemCallFilter=")), `${version}: ${gone}`);
    }
  });

  it("takes a name without a folder for the file in this folder", async () => {
    const folder = programs("download", { aichat: "echo aichat 9.9.9" });
    const stubs = programs("elsewhere", { aichat: "echo aichat 1.1.1" });
    const { status, output } = await run(stubs, ["aichat"], { DESTDIR: join(scratch.folder, "named") }, { cwd: folder });
    assert.equal(status, 0, output);
    assert.match(output, /^aichat 9\.9\.9 is installed/m);
  });

  /// Installs on a machine whose folders are memory and whose user is root. The service has those settings and answers
  /// where `answers` says, or nowhere.
  function installed(name, answers, settings = "") {
    const log = join(scratch.folder, `log-${name}`);
    const noted = `echo "$(basename "$0") $*" >> ${log}`;
    const stubs = programs(`stubs-${name}`, { systemctl: `${systemd(252)}\n${noted}`, useradd: noted, chown: noted, sleep: "exit 0", ...ROOTS });
    const body = `case "$1" in
      --version) echo aichat 9.9.9 ;;
      config) [ "\${PORT:-8001}" -gt 0 ] && printf 'HOST = %s\\nPORT = %s\\n' "$HOST" "\${PORT:-8001}" ;;
      healthcheck) [ "$HOST \${PORT:-8001}" = "${answers}" ] ;;
    esac`;
    const program = join(programs(`program-${name}`, { aichat: body }), "aichat");
    const { status, output } = machine(stubs, settings, ["sh", join(ROOT, "deploy/install.sh"), program]);
    return { status, output, done: existsSync(log) ? readFileSync(log, "utf8") : "" };
  }

  it("makes the user and its group, starts the service, and says that it runs when it answers", () => {
    const { status, output, done } = installed("well", "127.0.0.1 8001");
    assert.equal(status, 0, output);
    const lines = ["useradd --system --user-group .* aichat", "chown aichat:aichat /var/lib/aichat", "systemctl daemon-reload"];
    assert.match(done, new RegExp(`^${[...lines, "systemctl enable aichat", "systemctl restart aichat"].join("\n")}\n$`));
    assert.match(output, /^aichat 9\.9\.9 is installed and runs at http:\/\/127\.0\.0\.1:8001;/m);
  });

  it("looks for the service at the address and port of its settings", () => {
    const { status, output } = installed("moved", "192.0.2.7 3555", 'HOST=192.0.2.7\nPORT="3555"\n');
    assert.equal(status, 0, output);
    assert.match(output, /is installed and runs at http:\/\/192\.0\.2\.7:3555;/);
    assert.match(installed("open", "0.0.0.0 8001", "HOST=0.0.0.0\n").output, /runs at http:\/\/127\.0\.0\.1:8001;/);
    assert.match(installed("six", "fd00::7 8001", "HOST=fd00::7\n").output, /runs at http:\/\/\[fd00::7\]:8001;/);
  });

  it("does not say that a service runs which never answers", () => {
    const { status, output } = installed("ill", "nowhere");
    assert.equal(status, 1, output);
    assert.match(output, /aichat 9\.9\.9 is installed but does not answer at http:\/\/127\.0\.0\.1:8001: `journalctl -u aichat` says why/);
    assert.ok(!output.includes("runs at"), output);
  });

  it("says at once that the settings cannot be used", () => {
    const { status, output } = installed("wrong", "nowhere", "PORT=-1\n");
    assert.equal(status, 1, output);
    assert.match(output, /aichat 9\.9\.9 is installed, but its settings cannot be used: correct \/etc\/aichat\/env/);
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

describe("aichat-ctl", () => {
  /// The environment and the words that the program gets beside these settings, and how it is started.
  function given(settings, env = {}) {
    const stubs = programs("ctl", { ...ROOTS, runuser: `echo "runuser $*"\n${ROOTS.runuser}` });
    const print = 'echo "in $PWD as $(umask): $*"; exec env --null';
    const program = join(programs("ctl-program", { aichat: print }), "aichat");
    const put = `mkdir -p /usr/local/bin && cp "$1" /usr/local/bin/ && cp "$2" /usr/local/bin/ && exec /usr/local/bin/aichat-ctl admin list "a b"`;
    const words = ["sh", "-ec", put, "sh", program, join(ROOT, "deploy/aichat-ctl")];
    const { status, output } = machine(stubs, settings, words, env);
    assert.equal(status, 0, output);
    const [started, first, ...rest] = output.split("\n");
    const pairs = rest.join("\n").split("\0").filter(Boolean).map((pair) => pair.split(/=(.*)/s, 2));
    return { started, first, values: Object.fromEntries(pairs) };
  }

  it("runs the command as the service's user, in its folder, and shows no setting to others", () => {
    const { started, first, values } = given("JWT_SECRET=hunter2\n");
    assert.equal(started, "runuser -u aichat -- /usr/local/bin/aichat admin list a b");
    assert.equal(first, "in /var/lib/aichat as 0077: admin list a b");
    assert.equal(values.JWT_SECRET, "hunter2");
  });

  it("takes what the unit sets where the settings say nothing, and nothing from the caller but the language", () => {
    const env = { HTTPS_PROXY: "http://proxy.example:3128", DATA_DIR: "/root", LANG: "zh_CN.UTF-8" };
    const { values } = given(undefined, env);
    assert.deepEqual([values.DATA_DIR, values.HOST, values.HTTPS_PROXY, values.LANG], ["/var/lib/aichat", "127.0.0.1", undefined, "zh_CN.UTF-8"]);
    const unit = readFileSync(join(ROOT, "deploy/aichat.service"), "utf8");
    assert.ok(unit.includes(`Environment=DATA_DIR=${values.DATA_DIR} HOST=${values.HOST}\n`), "the unit says something else");
    assert.equal(given("DATA_DIR=/srv/chat\n").values.DATA_DIR, "/srv/chat");
  });

  it("reads the settings as systemd does, and runs nothing in them", () => {
    const settings = [
      "# PORT=1", "; PORT=2", "", "  PLAIN = a b#c \t", "SPREAD=one \\", "two", "EMPTY=",
      `QUOTED="x $HOME \`id\` \\"y\\" \\n" `, "LETTER='it is $(id)  ' ", `JOINED="a"'b'c`, "ESCAPED=a\\'b\\\\c", "IT=it's",
      `LIST='[`, `  {"name": "m"}`, `]'`, "KEY=p$a;b&c|d", "NO NAME=1", "nothing", "CR=x\r", "LAST=1", "LAST=2 end",
    ].join("\n");
    const { values } = given(settings);
    const wanted = {
      PLAIN: "a b#c", SPREAD: "one two", EMPTY: "", QUOTED: 'x $HOME `id` "y" \\n', LETTER: "it is $(id)  ", JOINED: "abc",
      ESCAPED: "a'b\\c", IT: "it's", LIST: '[\n  {"name": "m"}\n]', KEY: "p$a;b&c|d", CR: "x", LAST: "2 end", PORT: undefined,
    };
    for (const [name, value] of Object.entries(wanted)) assert.equal(values[name], value, name);
  });

  it("refuses everybody but root in one line", () => {
    const env = { PATH: `${programs("person", { id: "echo 1000" })}:/usr/bin:/bin` };
    const { status, stderr } = spawnSync("sh", [join(ROOT, "deploy/aichat-ctl"), "doctor"], { env, encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /^aichat-ctl: [^\n]* run it by sudo\n$/);
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
    for (const name of ["aichat", "aichat.service", "aichat-ctl", "install.sh", "LICENSE", ".env.example"]) {
      assert.ok(listed.includes(`aichat-1.2.3-linux-x86_64/${name}\n`), listed);
    }
  });
});
