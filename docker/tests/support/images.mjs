// Puts an image's layers together without an engine: reads the last stage of its Dockerfile and does what each COPY says,
// with the program and the client that were built here, with Debian's packages, and with the Caddy of the same version.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../../frontend/e2e/support/programs.mjs";
import { configOf, stagesOf, words } from "./dockerfile.mjs";

/// The images, their Dockerfiles and the most their layers may weigh, compressed.
export const IMAGES = {
  backend: { file: "docker/backend.Dockerfile", most: 25_000_000 },
  frontend: { file: "docker/frontend.Dockerfile", most: 35_000_000 },
};

const WORK = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "images");

const sh = (command, options = {}) => execFileSync("sh", ["-ec", command], { stdio: ["ignore", "pipe", "inherit"], ...options });

export function needed(variable, what) {
  const path = process.env[variable];
  if (!path || !existsSync(path)) throw new Error(`${variable} does not name ${what}: run \`cargo xtask test --only deploy\``);
  return path;
}

export function stages(image) {
  return stagesOf(readFileSync(join(ROOT, IMAGES[image].file), "utf8"));
}

/// `{name, root, config, layers: [{words, folder, bytes}]}`: the unpacked image, what an engine would start, its layers.
export function assemble(image) {
  const all = stages(image);
  const last = all.at(-1);
  const folder = join(WORK, image);
  rmSync(folder, { recursive: true, force: true });
  const root = join(folder, "root");
  mkdirSync(root, { recursive: true });
  const layers = last.instructions.filter(({ keyword }) => keyword === "COPY").map((copy, index) => {
    const layer = join(folder, `layer-${index}`);
    mkdirSync(layer);
    const said = lay(copy, all, layer);
    sh(`cp -a "${layer}/." "${root}/"`);
    return { words: said, folder: layer, bytes: compressed(layer) };
  });
  const assembled = { name: image, root, config: configOf(last), owned: ownedBy(all), layers };
  writeFileSync(join(folder, "image.json"), JSON.stringify(assembled));
  return assembled;
}

/// What `assemble` made the last time.
export function assembled(image) {
  const file = join(WORK, image, "image.json");
  if (!existsSync(file)) throw new Error(`the ${image} image is not put together: run \`cargo xtask images\``);
  return JSON.parse(readFileSync(file, "utf8"));
}

/// Does one COPY into an empty folder, and says what it was.
function lay({ text, flags }, all, layer) {
  const [source, target] = words(text);
  const place = target.endsWith("/") && target !== "/" ? join(layer, target) : layer + target;
  if (source === "/rootfs/") return packages(all, layer);
  mkdirSync(dirname(place), { recursive: true });
  const file = flags.from ? built(flags.from, source) : join(ROOT, source);
  if (statSync(file).isDirectory()) sh(`mkdir -p "${place}" && cp -r "${file}/." "${place}"`);
  else sh(`install -m ${modeOf(file, flags)} "${file}" "${place}"`);
  return target;
}

const modeOf = (file, flags) => flags.chmod ?? (statSync(file).mode & 0o777).toString(8);

function built(stage, source) {
  const known = {
    "build/out/aichat": ["AICHAT_PORTABLE", "the portable program"],
    "rootfs/out/caddy": ["CADDY", "the Caddy of the image"],
    "web/spa/": ["SPA_DIR", "the client"],
  };
  const found = known[stage + source];
  if (!found) throw new Error(`COPY --from=${stage} ${source}: the suite does not know where that comes from`);
  return needed(...found);
}

/// The stage that runs rootfs.sh, run here word for word.
function packages(all, layer) {
  const run = all.find(({ name }) => name === "rootfs").instructions.find(({ keyword, text }) => keyword === "RUN" && text.includes("/rootfs.sh"));
  const command = run.text.replace("/rootfs.sh /rootfs", 'docker/rootfs.sh "$DEST"').replaceAll("$TARGETARCH", machine());
  cached(command, layer);
  return `Debian's ${words(run.text.slice(run.text.indexOf(" /rootfs "))).slice(1).map((word) => word.split(":")[0]).join(", ")}`;
}

/// Folders that the image's user may write, as the Dockerfile asks of rootfs.sh.
export function ownedBy(all) {
  const run = all.find(({ name }) => name === "rootfs").instructions.find(({ text }) => text.includes("OWNED="));
  return /OWNED="([^"]*)"/.exec(run.text)[1].split(" ").map((folder) => `/${folder}`);
}

const machine = () => ({ x64: "amd64", arm64: "arm64" })[process.arch];

/// Runs a command that fills `$DEST`, or takes what it made the last time; a day later there may be newer packages.
function cached(command, layer) {
  const script = readFileSync(join(ROOT, "docker/rootfs.sh"));
  const today = new Date().toISOString().slice(0, 10);
  const key = createHash("sha256").update(script).update(command).update(today).digest("hex").slice(0, 16);
  const kept = join(WORK, "packages", key);
  if (!existsSync(kept)) {
    rmSync(`${kept}.part`, { recursive: true, force: true });
    sh(command, { cwd: ROOT, env: { ...process.env, DEST: `${kept}.part` } });
    renameSync(`${kept}.part`, kept);
  }
  sh(`cp -a "${kept}/." "${layer}/"`);
}

/// The size of a layer as a registry holds it.
function compressed(layer) {
  const command = `tar --create --sort=name --numeric-owner --mtime=@0 --directory "${layer}" . | gzip -9 | wc -c`;
  return Number(sh(command).toString());
}

/// What an engine adds to a container's root before it mounts there.
export function mountPoint(root, path, kind = "folder") {
  const place = join(root, path);
  if (existsSync(place)) return;
  mkdirSync(kind === "folder" ? place : dirname(place), { recursive: true });
  if (kind === "file") writeFileSync(place, "");
}
