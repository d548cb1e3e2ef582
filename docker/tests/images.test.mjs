// Puts both images together and looks at what is in them: who owns what, what they weigh, what the program needs.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { freePort, temporaryFolder } from "../../frontend/e2e/support/programs.mjs";
import { renderText } from "./support/compose.mjs";
import { IMAGES, assemble, assembled, mountPoint, needed } from "./support/images.mjs";
import { read } from "./support/project.mjs";

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/// Everything in a folder as `[path, stat]`, links not followed.
function* walk(folder, path = "") {
  for (const name of readdirSync(join(folder, path))) {
    const inside = join(path, name);
    const stat = lstatSync(join(folder, inside));
    yield [inside, stat];
    if (stat.isDirectory()) yield* walk(folder, inside);
  }
}

for (const [name, { most }] of Object.entries(IMAGES)) {
  describe(`the ${name} image`, () => {
    let image;

    before(() => (image = assemble(name)));

    it("weighs no more than its target, compressed", (test) => {
      for (const { words, bytes } of image.layers) test.diagnostic(`${megabytes(bytes).padStart(8)}  ${words}`);
      const total = image.layers.reduce((sum, { bytes }) => sum + bytes, 0);
      test.diagnostic(`${megabytes(total).padStart(8)}  of ${megabytes(most)} in all`);
      assert.ok(total <= most, `${megabytes(total)} is more than ${megabytes(most)}`);
    });

    it("can be read by its user, and holds nothing that runs as somebody else", () => {
      for (const [path, stat] of walk(image.root)) {
        if (stat.isSymbolicLink()) continue;
        const wanted = stat.isDirectory() ? 0o005 : 0o004;
        assert.equal(stat.mode & wanted, wanted, `${path} has mode ${(stat.mode & 0o7777).toString(8)}`);
        assert.equal(stat.mode & 0o6000, 0, `${path} changes its user`);
      }
    });

    it("gives its user the folders that volumes are mounted on, and nothing else", (test) => {
      if (process.getuid() !== 0) return test.diagnostic("only root can give folders away: not looked at");
      const own = [...walk(image.root)].filter(([, { uid }]) => uid === 65532).map(([path]) => `/${path}`);
      assert.deepEqual(own.sort(), [...image.owned].sort());
    });

    it("trusts the authorities of Debian and has the shell that health checks need", () => {
      const bundle = readFileSync(join(image.root, "etc/ssl/certs/ca-certificates.crt"), "utf8");
      assert.ok(bundle.split("BEGIN CERTIFICATE").length > 100, "hardly any certificate");
      for (const program of ["sh", "wget", "curl"]) assert.ok(lstatSync(join(image.root, "usr/bin", program)), program);
    });
  });
}

describe("a volume that belongs to root", () => {
  /// Starts the backend of docker/compose.yml as root for a moment, with the rights of the offer in it or without them.
  async function started(rights) {
    const image = assembled("backend");
    const offered = read("docker/compose.yml").replace(/^( +)# (user: root|cap_add: .*)$/gm, "$1$2");
    const { backend } = renderText(offered).services;
    const scratch = await temporaryFolder("volume");
    const words = ["--unshare-pid", "--die-with-parent", "--clearenv", "--ro-bind", image.root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
    for (const { target } of backend.volumes) {
      const place = join(scratch.folder, target.replaceAll("/", "-"));
      mkdirSync(place, { mode: 0o700 });
      mountPoint(image.root, target);
      words.push("--bind", place, target);
    }
    const data = join(scratch.folder, "-app-data");
    writeFileSync(join(data, "old"), "of root", { mode: 0o600 });
    const variables = { ...image.config.env, ...backend.environment, HOST: "127.0.0.1", PORT: String(await freePort()) };
    for (const [name, value] of Object.entries(variables)) words.push("--setenv", name, value);
    words.push("--cap-drop", "ALL", ...(rights ? backend.cap_add.flatMap((right) => ["--cap-add", `CAP_${right}`]) : []));
    const { status, stdout, stderr } = spawnSync("timeout", ["5", "bwrap", ...words, "--chdir", "/app", "--", ...image.config.entrypoint], { encoding: "utf8" });
    const owners = new Set([...walk(data)].map(([, { uid }]) => uid));
    await scratch.remove();
    return { status, stdout, stderr, owners: [...owners] };
  }

  it("is given to the image's user with the rights that the compose files offer, and one line says so without them", async (test) => {
    if (process.getuid() !== 0) return test.diagnostic("only root has rights to give: not looked at");
    const repaired = await started(true);
    assert.match(repaired.stdout + repaired.stderr, /listens on/);
    assert.deepEqual(repaired.owners, [65532]);
    const refused = await started(false);
    assert.equal(refused.status, 78, refused.stderr);
    assert.match(refused.stderr, /^aichat: data\.not_writable: [^\n]+\n$/);
    assert.deepEqual(refused.owners, [0]);
  });
});

describe("the commands of the documents that need an image", () => {
  /// A folder with a `docker` that runs our image's root in a sandbox, as root, with volumes that are folders beside it.
  function engine(folder) {
    const { root } = assembled("backend");
    const docker = `[ "$1" = run ] || exit 0
      words= program=
      while shift; do
        case $1 in
          --rm) ;;
          --user) [ "$2" = 0 ] || exit 9; shift ;;
          --entrypoint) program=$2; shift ;;
          --volumes-from) words="$words --bind ${folder}/volume /app/data"; shift ;;
          -v)
            place=\${2%%:*} target=\${2#*:} kind=--bind
            case $target in *:ro) kind=--ro-bind; target=\${target%:ro} ;; esac
            case $place in /*) ;; *) place=${folder}/volume ;; esac
            words="$words $kind $place $target"; shift ;;
          ghcr.io/aichat-rs/aichat-backend:*)
            shift
            exec bwrap --unshare-user --uid 0 --gid 0 --ro-bind ${root} / --proc /proc --dev /dev $words --die-with-parent -- "$program" "$@" ;;
          *) echo "docker: $1 is unknown here" >&2; exit 9 ;;
        esac
      done`;
    writeFileSync(join(folder, "docker"), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
    mkdirSync(join(folder, "volume"));
    for (const path of ["app/data", "backup", "data"]) mountPoint(root, path);
  }

  /// The shell blocks of a document that start a container of an image.
  const blocks = (file) => [...read(file).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).filter((block) => block.includes("docker run"));

  function obeyed(folder, block) {
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const { status, stderr } = spawnSync("sh", ["-ec", block], { cwd: folder, env, encoding: "utf8" });
    assert.equal(status, 0, `${block}\n${stderr}`);
  }

  it("pack a volume, put it back in place of what is there, and give it away, with our image alone", async () => {
    for (const language of ["", ".zh-CN"]) {
      const scratch = await temporaryFolder("documents");
      engine(scratch.folder);
      const data = join(scratch.folder, "volume");
      writeFileSync(join(data, "aichat.db"), "saved");
      const [backup, restore] = blocks(`docs/backup${language}.md`);
      obeyed(scratch.folder, backup);
      const [archive] = readdirSync(scratch.folder).filter((name) => name.endsWith(".tar.gz"));
      assert.ok(archive, "nothing was packed");
      writeFileSync(join(data, "aichat.db"), "newer");
      writeFileSync(join(data, "aichat.db-wal"), "newer");
      obeyed(scratch.folder, restore.replace("aichat-20260101-120000.tar.gz", archive));
      assert.deepEqual(readdirSync(data), ["aichat.db"]);
      assert.equal(readFileSync(join(data, "aichat.db"), "utf8"), "saved");
      const [give] = blocks(`docs/troubleshooting${language}.md`);
      // The sandbox knows one user: the words are tried with that one.
      obeyed(scratch.folder, give.replace("65532:65532 /app/data", "0:0 /app/data").replace(/^sudo .*$/m, ""));
      await scratch.remove();
    }
  });
});

describe("the portable program", () => {
  const program = () => needed("AICHAT_PORTABLE", "the portable program");
  const lines = (words) => execFileSync("readelf", ["--wide", ...words, program()]).toString().split("\n");

  it("needs no symbol that is newer than glibc 2.17, of CentOS 7, Debian 8 and Ubuntu 14.04", (test) => {
    const versions = lines(["--version-info"]).flatMap((line) => [...line.matchAll(/Name: GLIBC_([\d.]+)/g)]);
    const newest = versions.map(([, version]) => version.split(".").map(Number)).sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1);
    test.diagnostic(`newest symbol: GLIBC_${newest?.join(".")}`);
    assert.ok(newest, "readelf names no version: is it linked to glibc at all?");
    assert.ok(newest[0] === 2 && newest[1] <= 17, `GLIBC_${newest.join(".")}`);
  });

  it("needs no library but those of glibc and the compiler", (test) => {
    const names = lines(["--dynamic"]).flatMap((line) => [...line.matchAll(/Shared library: \[([^\]]+)\]/g)]).map(([, name]) => name);
    test.diagnostic(names.join(" "));
    const known = /^(libc|libm|libdl|librt|libpthread|libgcc_s|ld-linux-x86-64|ld-linux-aarch64)\.so\.\d$/;
    assert.deepEqual(names.filter((name) => !known.test(name)), []);
  });
});
