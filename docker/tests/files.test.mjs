// Everything that other people's checkers know about the deployment files: schemas, linters, systemd's own judgement.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT, temporaryFolder } from "../../frontend/e2e/support/programs.mjs";
import { needed } from "./support/images.mjs";
import { read, tracked } from "./support/project.mjs";

/// Runs a checker in the project's folder; anything but status 0 fails the test with its words.
function passes(program, ...words) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd: ROOT, encoding: "utf8" });
  assert.equal(error, undefined, `${program} does not start: ${error?.message}`);
  assert.equal(status, 0, `${program} ${words.join(" ")}\n${stdout}${stderr}`);
  return stdout + stderr;
}

const files = (pattern) => {
  const found = tracked().filter((file) => pattern.test(file));
  assert.ok(found.length > 0, `no file fits ${pattern}`);
  return found;
};

const COMPOSE = /^docker\/.*\.yml$/;
const compose = () => files(COMPOSE).filter((file) => file !== "docker/dclint.yml");
const workflows = () => files(/^\.github\/workflows\/.*\.yml$/);

describe("the deployment files", () => {
  it("compose files and workflows follow their schemas", () => {
    passes("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ...compose());
    passes("check-jsonschema", "--builtin-schema", "vendor.github-workflows", ...workflows());
  });

  it("yamllint, dclint and zizmor have nothing to say", () => {
    const own = files(/\.ya?ml$/).filter((file) => file !== "docker/tests/document-001.yml");
    passes("yamllint", "--strict", ...own);
    const ours = compose().filter((file) => !file.startsWith("docker/tests/"));
    passes("dclint", "--config", "docker/dclint.yml", "--max-warnings", "0", ...ours);
    passes("zizmor", "--offline", "--no-progress", "--config", ".github/zizmor.yml", ...workflows());
  });

  it("hadolint has nothing to say about the Dockerfiles", () => {
    assert.equal(passes("hadolint", ...files(/Dockerfile$/)), "");
  });

  it("shellcheck has nothing to say about any script", () => {
    const scripts = tracked().filter((file) => /^#!.*\b(ba)?sh$/.test(firstLine(file)));
    assert.ok(scripts.includes("docker/rootfs.sh") && scripts.includes("docker/curl"), scripts.join(" "));
    passes("shellcheck", ...scripts);
  });

  it("Debian's caddy and the image's take the Caddyfile as every compose file sets it up", () => {
    for (const caddy of ["caddy", needed("CADDY", "the Caddy of the image")]) {
      for (const address of [":3000", "chat.example.com, http://127.0.0.1:3000", "localhost, http://127.0.0.1:3000"]) {
        const line = 'SITE_ADDRESS="$1" exec "$2" validate --config Caddyfile --adapter caddyfile';
        passes("sh", "-c", line, "sh", address, caddy);
      }
    }
  });

  it("the image's caddy is the version that the suite runs", () => {
    const [, version] = /^FROM caddy:([\d.]+)-alpine/m.exec(read("docker/frontend.Dockerfile"));
    assert.match(passes(needed("CADDY", "the Caddy of the image"), "version"), new RegExp(`^v${version.replaceAll(".", "\\.")} `));
  });
});

describe("the systemd unit", () => {
  /// The unit with a program that is there, so that only the unit is judged.
  async function judged(...words) {
    const scratch = await temporaryFolder("unit");
    const unit = join(scratch.folder, "aichat.service");
    writeFileSync(unit, read("deploy/aichat.service").replaceAll("/usr/local/bin/aichat", "/bin/true"));
    try {
      return passes("systemd-analyze", ...words, unit);
    } finally {
      await scratch.remove();
    }
  }

  it("is understood to the last line", async () => {
    // Its exit status is 0 even for keys that it does not know.
    assert.equal(await judged("verify"), "");
  });

  it("exposes at most 2.5 of 10", async (test) => {
    const report = await judged("security", "--offline=true", "--no-pager");
    const level = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(report)?.[1]);
    test.diagnostic(`exposure ${level}`);
    assert.ok(level <= 2.5, report);
  });
});

const firstLine = (file) => read(file).split("\n", 1)[0];
