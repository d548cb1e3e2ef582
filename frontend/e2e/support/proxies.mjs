// The proxies that stand in front of AIChat in the world: Caddy with our Caddyfile, nginx as 1Panel sets it up, and both
// as the documents tell people to write them, in front of our Caddy.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Program, ROOT, freePort, temporaryFolder } from "./programs.mjs";
import { SPA_DIR } from "./servers.mjs";

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.destroy() && true)).once("error", () => resolve(false));
  });

async function started(name, file, args, options, port, scratch) {
  const program = new Program(name, file, args, options);
  await program.ready(() => listens(port));
  const stop = async () => {
    await program.stop();
    await scratch.remove();
  };
  return { name, url: `http://127.0.0.1:${port}`, port, program, stop };
}

/// The production edge.
export async function startCaddy(backendPort) {
  const port = await freePort();
  const env = {
    SITE_ADDRESS: `http://127.0.0.1:${port}`,
    BACKEND_INTERNAL_PORT: String(backendPort),
    SPA_DIR,
  };
  return runCaddy("caddy", join(ROOT, "Caddyfile"), env, port, await temporaryFolder("caddy"));
}

/// Caddy as docs/reverse-proxy.md has it.
export async function startDocumentedCaddy(edgePort) {
  const [port, scratch] = [await freePort(), await temporaryFolder("caddy")];
  const site = await documented("Caddyfile", { "chat.example.com": `http://127.0.0.1:${port}`, "127.0.0.1:3555": `127.0.0.1:${edgePort}` });
  const file = join(scratch.folder, "Caddyfile");
  await writeFile(file, `{\n\tadmin off\n}\n${site}`);
  return runCaddy("caddy as documented", file, {}, port, scratch);
}

function runCaddy(name, file, env, port, scratch) {
  const own = { HOME: scratch.folder, XDG_DATA_HOME: scratch.folder, XDG_CONFIG_HOME: scratch.folder };
  const args = ["run", "--config", file, "--adapter", "caddyfile"];
  return started(name, "caddy", args, { env: { ...env, ...own } }, port, scratch);
}

/// A snippet of the documents with our addresses in the place of its examples.
async function documented(name, addresses) {
  let text = await readFile(join(ROOT, "docs/snippets", name), "utf8");
  for (const [example, own] of Object.entries(addresses)) {
    assert.equal(text.split(example).length, 2, `${name} names ${example} once`);
    text = text.replace(example, own);
  }
  return text;
}

/// What 1Panel's switch "cache" adds to a site: it ignores what the answer says about caching.
const CACHE = `
      proxy_cache panel;
      proxy_ignore_headers Set-Cookie Cache-Control expires;
      proxy_cache_key $host$uri$is_args$args;
      proxy_cache_valid 200 304 301 302 10m;`;

const panelSite = (port, backendPort, cache) => `
  server {
    listen 127.0.0.1:${port};
    location ^~ / {
      proxy_pass http://127.0.0.1:${backendPort};
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header REMOTE-HOST $remote_addr;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $http_connection;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_http_version 1.1;
      add_header X-Cache $upstream_cache_status;
      add_header Cache-Control no-cache;${cache ? CACHE : ""}
    }
  }`;

const configuration = (folder, site) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache levels=1:2 keys_zone=panel:10m;
  client_max_body_size 50m;
  keepalive_timeout 60;
  gzip on;
  gzip_min_length 1k;
  gzip_types text/plain application/javascript application/x-javascript text/javascript text/css application/xml;
${site}
}
`;

/// nginx with the directives that 1Panel writes, with or without its cache.
export async function startNginx(backendPort, { cache = false } = {}) {
  const port = await freePort();
  return runNginx(cache ? "nginx with its cache on" : "nginx", port, panelSite(port, backendPort, cache));
}

/// nginx as docs/reverse-proxy.md has it.
export async function startDocumentedNginx(edgePort) {
  const port = await freePort();
  const site = await documented("nginx.conf", { "listen 80;": `listen 127.0.0.1:${port};`, "127.0.0.1:3555": `127.0.0.1:${edgePort}` });
  return runNginx("nginx as documented", port, site);
}

async function runNginx(name, port, site) {
  const scratch = await temporaryFolder("nginx");
  await mkdir(join(scratch.folder, "cache"));
  const file = join(scratch.folder, "nginx.conf");
  await writeFile(file, configuration(scratch.folder, site));
  const env = { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };
  // As root its worker would change the account and could not read the temporary folder.
  const args = ["-c", file, "-p", scratch.folder, ...(process.getuid() === 0 ? ["-g", "user root;"] : [])];
  return started(name, "nginx", args, { env }, port, scratch);
}
