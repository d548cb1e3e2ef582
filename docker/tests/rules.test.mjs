// Our own rules for the deployment files, each the remedy of something that went wrong in somebody's installation.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { ROOT, temporaryFolder } from "../../frontend/e2e/support/programs.mjs";
import { startAichat } from "../../frontend/e2e/support/servers.mjs";
import { render, renderText, seconds, startOrder, variablesOf } from "./support/compose.mjs";
import { configOf, words } from "./support/dockerfile.mjs";
import { IMAGES, ownedBy, stages } from "./support/images.mjs";
import { backendVariables, committed, frontendVariables, members, read, tracked, version } from "./support/project.mjs";

const PASTED = ["docker/compose.yml", "docker/compose.domain.yml", "docker/compose.postgres.yml", "docker/1panel.yml"];
const OURS = ["backend", "frontend"];
const kindOf = (image) => OURS.find((kind) => image.includes(`aichat-${kind}:`));
const code = (file) => read(file).replace(/(^|\s)#.*$/gm, "");

describe("the compose files that people paste", () => {
  for (const file of PASTED) {
    it(`${file} is complete when it is alone in an empty environment`, () => {
      const { services } = render(`${ROOT}/${file}`, {});
      assert.deepEqual(startOrder(services).filter((name) => OURS.includes(name)), OURS);
      for (const { name, healthcheck } of Object.values(services)) assert.ok(healthcheck, `${name} has no health check`);
      for (const key of ["env_file", "build", "extends", "include", "container_name", "configs", "secrets"]) {
        assert.ok(!new RegExp(`^\\s*${key}:`, "m").test(code(file)), `${file} has ${key}`);
      }
      assert.ok(!/^version:/m.test(code(file)), "version: is obsolete and warned about");
    });

    it(`${file} gives every variable a default, and the product reads every variable`, () => {
      for (const { name, kind } of variablesOf(code(file))) assert.equal(kind, ":-", `${name} has no default`);
      const known = { backend: backendVariables(), frontend: frontendVariables() };
      for (const service of Object.values(render(`${ROOT}/${file}`, {}).services)) {
        const reads = known[service.name];
        const unread = reads ? Object.keys(service.environment).filter((name) => !reads.has(name)) : [];
        assert.deepEqual(unread, [], `${service.name} does not read them`);
      }
    });

    it(`${file} pins its images to this version, with a second registry beside`, () => {
      for (const { image } of Object.values(render(`${ROOT}/${file}`, {}).services)) {
        assert.match(image, /:\d[\w.-]*$/, `${image} is not pinned`);
        if (kindOf(image)) assert.equal(image, `ghcr.io/aichat-rs/aichat-${kindOf(image)}:${version()}`);
      }
      for (const kind of OURS) {
        const line = `# image: docker.cnb.cool/aichat-rs/aichat/${kind}:${version()}`;
        assert.ok(read(file).includes(line), `${file} does not offer: ${line}`);
      }
      const [named, offered] = [/^ {4}image: /gm, /^ {4}# image: /gm].map((form) => read(file).match(form).length);
      assert.equal(named, offered, `${file} has an image without a second registry`);
    });

    it(`${file} takes an image from elsewhere by a variable, or names it in plain text`, () => {
      if (file === "docker/1panel.yml") return assert.deepEqual([...variablesOf(code(file))], [], "a panel shows text, not variables");
      const variables = { AICHAT_BACKEND_IMAGE: "x.example/b:1", AICHAT_FRONTEND_IMAGE: "x.example/f:2", POSTGRES_IMAGE: "x.example/p:3" };
      const { backend, frontend, database } = render(`${ROOT}/${file}`, variables).services;
      assert.deepEqual([backend.image, frontend.image], ["x.example/b:1", "x.example/f:2"]);
      assert.equal(database?.image ?? "x.example/p:3", "x.example/p:3");
    });

    it(`${file} keeps to named volumes, its own network and the fewest rights`, () => {
      for (const service of Object.values(render(`${ROOT}/${file}`, {}).services)) {
        assert.notEqual(service.network_mode, "host");
        assert.equal(service.read_only, true, `${service.name} may write its own files`);
        assert.deepEqual(service.cap_drop, ["ALL"]);
        assert.deepEqual(service.security_opt, ["no-new-privileges:true"]);
        assert.ok(service.grace >= 10 && service.logging?.options?.["max-size"], `${service.name}: its end or its log`);
      }
      const { backend } = render(`${ROOT}/${file}`, {}).services;
      assert.equal(backend.hosts["host.docker.internal"], "host-gateway", "a model on the host cannot be reached");
    });

    it(`${file} gives every folder that an image owns to its user, wherever that is mounted`, () => {
      for (const service of Object.values(render(`${ROOT}/${file}`, {}).services)) {
        const image = IMAGES[kindOf(service.image)];
        if (!image) continue;
        const owned = ownedBy(stages(kindOf(service.image)));
        const mounted = [...service.volumes.map(({ target }) => target), ...service.tmpfs.map(({ path }) => path)];
        assert.deepEqual(owned.filter((path) => !mounted.includes(path)), [], `${service.name} cannot write there`);
        for (const { path, uid, gid } of service.tmpfs.filter(({ path }) => owned.includes(path))) {
          assert.deepEqual([uid, gid], ["65532", "65532"], `${path} of the ${service.name} belongs to root`);
        }
      }
    });

    it(`${file} offers the backend what it needs to take over a volume of root, and no right more`, () => {
      const { backend } = render(`${ROOT}/${file}`, {}).services;
      assert.deepEqual([backend.user, backend.cap_add], [undefined, undefined], "the offer is taken already");
      const taken = read(file).replace(/^( +)# (user: root|cap_add: .*)$/gm, "$1$2");
      const { backend: repairing, ...others } = renderText(taken).services;
      assert.equal(repairing.user, "root");
      assert.deepEqual(repairing.cap_drop, ["ALL"]);
      assert.deepEqual(repairing.cap_add, ["CHOWN", "DAC_OVERRIDE", "SETUID", "SETGID"]);
      for (const { name, cap_add } of Object.values(others)) assert.equal(cap_add, undefined, `${name} gets rights, too`);
    });

    it(`${file} holds no secret`, () => {
      for (const service of Object.values(render(`${ROOT}/${file}`, {}).services)) {
        const set = Object.entries(service.environment).filter(([name, value]) => /SECRET|KEY|PASSWORD|TOKEN/.test(name) && value);
        assert.deepEqual(set, []);
      }
    });
  }

  it("the plain file and the 1Panel text keep document 001's ports, volumes and addresses", () => {
    const document = render(`${ROOT}/docker/tests/document-001.yml`, {});
    for (const file of ["docker/compose.yml", "docker/1panel.yml"]) {
      const ours = render(`${ROOT}/${file}`, {});
      for (const name of OURS) {
        assert.deepEqual(ours.services[name].ports, document.services[name].ports);
        assert.deepEqual(ours.services[name].volumes, document.services[name].volumes);
      }
      assert.ok(ours.services.backend.names.includes("backend"));
    }
    assert.deepEqual(render(`${ROOT}/docker/1panel.yml`, {}).volumes, document.volumes);
  });
});

describe("the Dockerfiles", () => {
  for (const [name, { file }] of Object.entries(IMAGES)) {
    it(`${file} builds on pinned images and ends on nothing`, () => {
      const all = stages(name);
      const own = new Set(all.map((stage) => stage.name));
      for (const { base } of all.filter(({ base }) => base !== "scratch" && !own.has(base))) {
        assert.match(base, /:.*\d+\.\d+|:bookworm-\d{8}-slim$/, `${base} is not pinned`);
      }
      assert.equal(all.at(-1).base, "scratch");
    });

    it(`${file} copies only what git has and sends to the build`, () => {
      const files = committed();
      const ignored = read(".dockerignore").split("\n").filter((line) => line && !line.startsWith("#"));
      for (const { keyword, flags, text } of stages(name).flatMap(({ instructions }) => instructions)) {
        if (!["COPY", "ADD"].includes(keyword) || flags.from) continue;
        for (const source of words(text).slice(0, -1)) {
          // Of everything, it is the workspace that cargo cannot do without.
          const wanted = source === "." ? ["Cargo.toml", "Cargo.lock", ...members()] : [source];
          for (const name of wanted) {
            assert.ok(files.some((file) => file === name || file.startsWith(`${name}/`)), `${name} is not in git: a clean clone cannot be built`);
            assert.ok(!ignored.includes(name.split("/")[0]), `.dockerignore leaves out ${name}`);
          }
        }
      }
    });

    it(`${file} runs as an ordinary user, without a shell, and sets only paths and defaults`, () => {
      const config = configOf(stages(name).at(-1));
      const allowed = ["HOST", "DATA_DIR", "RUN_AS", "BACKEND_HOST", "XDG_DATA_HOME", "XDG_CONFIG_HOME"];
      assert.deepEqual(Object.keys(config.env).filter((variable) => !allowed.includes(variable)), []);
      assert.equal(config.user, "65532:65532");
      assert.match(config.entrypoint[0], /^\/usr\/bin\//);
      assert.ok(config.healthcheck.length > 0 && !config.healthcheck.join(" ").includes("curl"));
      assert.equal(config.stopSignal, "SIGTERM");
      for (const label of ["version", "revision", "source", "licenses"]) {
        assert.ok(config.labels[`org.opencontainers.image.${label}`], `no label for ${label}`);
      }
    });

    it(`${file} builds with the lock files and says which commit it is`, () => {
      const runs = stages(name).flatMap(({ instructions }) => instructions).filter(({ keyword }) => keyword === "RUN");
      for (const { text } of runs) {
        if (/cargo (install|zigbuild)/.test(text)) assert.match(text, /--locked/, text);
        if (/\bnpm\b/.test(text) && !text.startsWith("ln ")) assert.match(text, /npm ci/, text);
        if (/cargo (zigbuild|xtask web)/.test(text)) assert.match(text, /AICHAT_COMMIT="\$REVISION"/, text);
      }
    });
  }

  it("both use the toolchain and the tools that the project pins", () => {
    const channel = /channel = "([^"]+)"/.exec(read("rust-toolchain.toml"))[1];
    for (const { file } of Object.values(IMAGES)) {
      assert.ok(read(file).includes(`rust:${channel}-bookworm`) && read(file).includes(`RUSTUP_TOOLCHAIN=${channel}`), file);
    }
    const argument = (name) => new RegExp(`^ARG ${name}=(\\S+)`, "m").exec(read("docker/frontend.Dockerfile"))?.[1];
    assert.equal(argument("WASM_BINDGEN_VERSION"), /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(read("Cargo.lock"))[1]);
    assert.equal(argument("TRUNK_VERSION"), /const TRUNK: &str = "([^"]+)"/.exec(read("crates/xtask/src/setup/tools.rs"))[1]);
  });
});

describe("the Caddyfile", () => {
  it("lets go of an idle connection to the backend before the backend does", () => {
    const edge = seconds(/^\t*keepalive (\S+)$/m.exec(read("Caddyfile"))[1]);
    const backend = Number(/const KEEP_ALIVE: Duration = Duration::from_secs\((\d+)\)/.exec(read("crates/server/src/serve.rs"))[1]);
    assert.ok(edge < backend, `${edge} s against ${backend} s: a request could be sent on a connection that is being closed`);
  });
});

describe("health checks", () => {
  it("the program's own says 0 beside a running server and 1 beside none", async () => {
    const server = await startAichat();
    const check = () => spawnSync(process.env.AICHAT, ["healthcheck"], { env: { PORT: String(server.port) }, encoding: "utf8" });
    try {
      assert.equal(check().status, 0, check().stderr);
    } finally {
      await server.stop();
    }
    const without = check();
    assert.equal(without.status, 1);
    assert.equal(without.stderr.trim().split("\n").length, 1, without.stderr);
  });

  it("every file asks the program itself, or the page through wget", () => {
    for (const file of PASTED) {
      const { backend, frontend } = render(`${ROOT}/${file}`, {}).services;
      assert.deepEqual(backend.healthcheck.command, ["/usr/bin/aichat", "healthcheck"]);
      assert.deepEqual(frontend.healthcheck.command, ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"]);
    }
  });
});

describe("the health check of the database", () => {
  /// What it says when process 1 has that name, and a server answers on the socket or none does.
  async function judged(first, answers) {
    const scratch = await temporaryFolder("database");
    for (const [name, line] of Object.entries({ cat: `[ "$1" = /proc/1/comm ] && echo ${first}`, pg_isready: `exit ${answers}` })) {
      writeFileSync(join(scratch.folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    }
    const [shell, ...rest] = render(`${ROOT}/docker/compose.postgres.yml`, {}).services.database.healthcheck.command;
    try {
      return spawnSync(shell, rest, { env: { PATH: `${scratch.folder}:/usr/bin:/bin` } }).status;
    } finally {
      await scratch.remove();
    }
  }

  it("does not take the server that only makes the tables for the real one", async () => {
    assert.equal(await judged("postgres", 0), 0);
    assert.equal(await judged("docker-entrypoi", 0), 1);
    assert.equal(await judged("postgres", 2), 2);
  });
});

describe("the workflows", () => {
  const workflow = (name) => parse(read(`.github/workflows/${name}.yml`));

  it("begin with the right to read, and only publishing jobs may write", () => {
    const writers = [];
    for (const name of ["ci", "docker-images", "release"]) {
      const { permissions, jobs } = workflow(name);
      assert.deepEqual(permissions, { contents: "read" }, name);
      for (const [job, { permissions: own = {} }] of Object.entries(jobs)) {
        const written = Object.entries(own).filter(([, right]) => right === "write").map(([thing]) => thing);
        if (written.length > 0) writers.push(`${name}/${job}: ${written.join(" ")}`);
      }
    }
    assert.deepEqual(writers, ["docker-images/publish: packages", "release/publish: contents"]);
  });

  it("publish only behind the tests, and never for a pull request", () => {
    for (const name of ["docker-images", "release"]) {
      const { on, jobs } = workflow(name);
      assert.deepEqual(Object.keys(on), ["push"], `${name} publishes for ${Object.keys(on).join(", ")}`);
      const behind = (job) => job === "test" || [jobs[job].needs ?? []].flat().some(behind);
      for (const job of Object.keys(jobs)) assert.ok(behind(job), `${name}/${job} does not wait for the tests`);
    }
    assert.deepEqual(Object.keys(workflow("ci").on), ["pull_request", "workflow_call"]);
  });

  it("publish a tag only when it is the version of the project", () => {
    const compare = (name, job) => workflow(name).jobs[job].steps.find(({ name }) => name === "Compare the tag with the version");
    const tried = (run, tag) => spawnSync("sh", ["-ec", run], { cwd: ROOT, env: { PATH: process.env.PATH, GITHUB_REF_NAME: tag } }).status;
    for (const { run } of [compare("docker-images", "publish"), compare("release", "build")]) {
      assert.equal(tried(run, `v${version()}`), 0);
      for (const other of ["v9.9.9", `v${version()}-rc.1`, `v${version()}1`]) assert.equal(tried(run, other), 1, other);
    }
    assert.equal(compare("docker-images", "publish").if, "github.ref_type == 'tag'", "main has no version of its own");
  });

  it("run the two commands of the project and pin every action to a commit", () => {
    const commands = workflow("ci").jobs.test.steps.map(({ run }) => run).filter(Boolean);
    assert.ok(commands.includes("cargo xtask check") && commands.includes("cargo xtask test"));
    for (const file of tracked().filter((name) => name.startsWith(".github/workflows/"))) {
      for (const [, action] of read(file).matchAll(/uses: (\S+)/g)) {
        assert.ok(action.startsWith("./") || /@[0-9a-f]{40}$/.test(action), `${file}: ${action}`);
      }
    }
  });

  it("try both images, and build both for both machines, before they publish one", () => {
    const { steps } = workflow("docker-images").jobs.publish;
    const before = steps.slice(0, steps.findIndex(({ with: given = {} }) => given.push));
    assert.ok(before.some(({ run = "" }) => run.startsWith("docker/smoke.sh")));
    const built = before.filter(({ with: given = {} }) => given.platforms === "linux/amd64,linux/arm64");
    assert.deepEqual(built.map(({ with: given }) => given.file), Object.values(IMAGES).map(({ file }) => file));
  });

  it("run for every commit on main, once", () => {
    for (const name of ["ci", "docker-images"]) assert.match(workflow(name).concurrency.group, /github\.sha/, name);
    const pushed = ["ci", "docker-images", "release"].filter((name) => workflow(name).on.push?.branches);
    assert.deepEqual(pushed, ["docker-images"], "one push to main starts them all");
  });
});

describe("the pipelines of cnb.cool", () => {
  const file = () => parse(read(".cnb.yml"), { merge: true });
  const scripts = (event) => event.flatMap(({ stages }) => stages.map(({ script }) => script));

  it("publish for main and for tags, never for a pull request", () => {
    const { main, $ } = file();
    assert.ok(scripts(main.push).some((script) => script.includes("--push")));
    assert.ok(scripts($.tag_push).some((script) => script.includes("--push")));
    for (const script of scripts(main.pull_request)) assert.ok(!/--push|docker (login|push)/.test(script), script);
  });

  it("use only variables that cnb.cool sets, and no password on a command line", () => {
    const known = ["CNB_TOKEN", "CNB_TOKEN_USER_NAME", "CNB_DOCKER_REGISTRY", "CNB_REPO_SLUG_LOWERCASE", "CNB_COMMIT_SHORT", "CNB_BRANCH"];
    const { main, $ } = file();
    for (const script of scripts([...main.push, ...main.pull_request, ...$.tag_push])) {
      assert.deepEqual([...variablesOf(script)].filter(({ name }) => !known.includes(name)), [], script);
      assert.ok(!/(-p|--password)[ =]/.test(script), script);
    }
  });
});

describe("the whole project", () => {
  it("no file holds a key that looks real", () => {
    const shapes = /\b(sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|ghp_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----)/;
    for (const file of tracked().filter((name) => !/\.(png|woff2|ico|db)$/.test(name))) {
      const found = shapes.exec(read(file))?.[0];
      assert.ok(!found || /canary|example|test|fake|0{8}|1234/i.test(found), `${file}: ${found?.slice(0, 12)}…`);
    }
  });
});
