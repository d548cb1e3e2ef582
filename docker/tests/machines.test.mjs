// The program on other machines than this one: ARM, in an emulator with ARM's own C library.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { Caller } from "../../frontend/e2e/support/api.mjs";
import { Program, freePort, temporaryFolder } from "../../frontend/e2e/support/programs.mjs";
import { needed } from "./support/images.mjs";

const LIBRARIES = "/usr/aarch64-linux-gnu";

describe("the ARM program", () => {
  const file = () => needed("AICHAT_ARM64", "the program for ARM");

  it("is one for ARM that runs on old systems", () => {
    const header = execFileSync("readelf", ["--file-header", file()]).toString();
    assert.match(header, /Machine:\s+AArch64/);
    const versions = execFileSync("readelf", ["--wide", "--version-info", file()]).toString().matchAll(/Name: GLIBC_2\.(\d+)/g);
    const newest = Math.max(...[...versions].map(([, minor]) => Number(minor)));
    assert.ok(newest <= 17, `GLIBC_2.${newest}`);
  });

  it("answers its health address under emulation", async () => {
    const [port, data] = [await freePort(), await temporaryFolder("arm64")];
    const env = { HOST: "127.0.0.1", PORT: String(port), DATA_DIR: data.folder };
    const words = ["-L", LIBRARIES, file(), "serve"];
    const program = new Program("aichat on ARM", "qemu-aarch64-static", words, { env, cwd: data.folder });
    try {
      const nobody = new Caller(`http://127.0.0.1:${port}`);
      await program.ready(() => nobody.send("GET", "/api/settings/health").then(({ status }) => status === 200, () => false), 120_000);
      assert.equal((await nobody.send("GET", "/api/health")).status, 200);
      assert.deepEqual(await program.stop(), { code: 0, signal: null });
    } finally {
      program.child.kill("SIGKILL");
      await data.remove();
    }
  });
});
