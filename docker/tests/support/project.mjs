// What the project says about itself: its files as git has them, its version, its variables.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../frontend/e2e/support/programs.mjs";

export const read = (file) => readFileSync(join(ROOT, file), "utf8");

/// Every file that git knows or would add, and that is still there.
export function tracked() {
  const words = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const names = execFileSync("git", words, { cwd: ROOT, maxBuffer: 1 << 26 }).toString().split("\0");
  return names.filter((name) => name && existsSync(join(ROOT, name)));
}

/// Every file that git knows, whether it is committed or only added: what a clean clone has.
export function committed() {
  return execFileSync("git", ["ls-files", "--cached", "-z"], { cwd: ROOT, maxBuffer: 1 << 26 }).toString().split("\0").filter(Boolean);
}

/// The version of the workspace.
export const version = () => /^version = "([^"]+)"/m.exec(read("Cargo.toml"))[1];

/// The folders of the workspace's packages.
export function members() {
  const [, list] = /^members = \[(.*)\]$/m.exec(read("Cargo.toml"));
  return [...list.matchAll(/"([^"*]+?)(?:\/\*)?"/g)].map(([, folder]) => folder);
}

/// The variables that the backend reads: .env.example, which a test of the server compares with the code.
export function backendVariables() {
  return new Set([...read(".env.example").matchAll(/^#?([A-Za-z][A-Za-z0-9_]*)=/gm)].map(([, name]) => name));
}

/// The variables that the frontend image reads: those of the Caddyfile.
export function frontendVariables() {
  return new Set([...read("Caddyfile").matchAll(/\{\$(\w+)/g)].map(([, name]) => name));
}
