// A small interpreter of compose files: what `docker compose config` would say, for the part of the format that ours use.
// Anything it does not know is an error, so that no line of a file is left untested without anybody noticing.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const SERVICE_KEYS = new Set(
  `image container_name user command environment volumes depends_on ports extra_hosts networks network_mode shm_size read_only
   tmpfs cap_drop cap_add security_opt sysctls restart stop_grace_period healthcheck logging`.split(/\s+/),
);
const FILE_KEYS = new Set(["name", "version", "services", "volumes", "networks"]);

/// Reads and renders a file with the given variables: `{name, services: {…}, volumes: {…}}`.
export function render(file, variables = {}) {
  return renderText(readFileSync(file, "utf8"), variables);
}

/// The same for the text of a file.
export function renderText(text, variables = {}) {
  return normal(interpolate(parse(text), variables));
}

/// Every `${NAME…}` of a text as `{name, kind, fallback}`.
export function variablesOf(text) {
  const uses = text.matchAll(/(?<!\$)\$(?:\{(\w+)(?:(:?[-?+])([^}]*))?\}|(\w+))/g);
  return [...uses].map(([, braced, kind = "", fallback = "", bare]) => ({ name: braced ?? bare, kind, fallback }));
}

/// Compose's substitution in every string of a value.
export function interpolate(value, variables) {
  if (typeof value === "string") return substituted(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, variables)]));
}

function substituted(text, variables) {
  return text.replace(/\$(?:(\$)|\{(\w+)(?:(:?)([-?+])([^}]*))?\}|(\w+))/g, (_, dollar, braced, colon, kind, word, bare) => {
    if (dollar) return "$";
    const name = braced ?? bare;
    const given = variables[name];
    const there = given !== undefined && !(colon && given === "");
    if (kind === "+") return there ? word : "";
    if (there) return given;
    if (kind === "-") return word;
    if (kind === "?") throw new Error(`${name} is missing: ${word}`);
    throw new Error(`\${${name}} has neither a value nor a default`);
  });
}

function normal(file) {
  refuseOthers(file, FILE_KEYS, "the file");
  const services = Object.entries(file.services).map(([name, service]) => [name, normalService(name, service, file)]);
  return { name: file.name, services: Object.fromEntries(services), volumes: file.volumes ?? {}, networks: file.networks ?? {} };
}

function normalService(name, service, file) {
  refuseOthers(service, SERVICE_KEYS, `service ${name}`);
  return {
    ...service,
    name,
    environment: environment(service.environment),
    volumes: (service.volumes ?? []).map((text) => volume(text, file)),
    ports: (service.ports ?? []).map(port),
    tmpfs: [service.tmpfs ?? []].flat().map(memory),
    hosts: Object.fromEntries([service.extra_hosts ?? []].flat().map((text) => text.split(/[:=](.*)/, 2))),
    names: [name, ...aliases(service.networks)],
    needs: needs(service.depends_on),
    healthcheck: service.healthcheck && { ...service.healthcheck, command: checkCommand(service.healthcheck.test) },
    grace: seconds(service.stop_grace_period ?? "10s"),
  };
}

function refuseOthers(object, known, where) {
  const other = Object.keys(object).filter((key) => !known.has(key));
  if (other.length > 0) throw new Error(`${where}: the suite does not know ${other.join(", ")}; teach it, then test it`);
}

function environment(given = {}) {
  const pairs = Array.isArray(given) ? given.map((text) => text.split(/=(.*)/s, 2)) : Object.entries(given);
  return Object.fromEntries(pairs.map(([key, value]) => [key, String(value ?? "")]));
}

function volume(text, file) {
  const [source, target, mode = "rw"] = text.split(":");
  if (!target || !(source in (file.volumes ?? {}))) throw new Error(`${text}: no volume that the file declares`);
  return { source, target, mode };
}

/// A folder in memory: `PATH` or `PATH:uid=…,gid=…,mode=…`. Without a user it is root's.
function memory(text) {
  const [path, options = ""] = text.split(":");
  const given = Object.fromEntries(options.split(",").filter(Boolean).map((option) => option.split("=")));
  const { uid = "0", gid = "0", mode, ...others } = given;
  if (Object.keys(others).length > 0) throw new Error(`tmpfs ${text}: the suite does not know ${Object.keys(others).join(", ")}`);
  return { path, uid, gid, mode: mode && Number.parseInt(mode, 8) };
}

function port(text) {
  const match = /^(\d+):(\d+)(?:\/(tcp|udp))?$/.exec(text);
  if (!match) throw new Error(`port ${text}: not HOST:CONTAINER`);
  return { published: Number(match[1]), target: Number(match[2]), protocol: match[3] ?? "tcp" };
}

function aliases(networks) {
  if (!networks || Array.isArray(networks)) return [];
  return Object.values(networks).flatMap((network) => network?.aliases ?? []);
}

function needs(given = []) {
  if (Array.isArray(given)) return given.map((service) => ({ service, condition: "service_started" }));
  return Object.entries(given).map(([service, { condition }]) => ({ service, condition }));
}

/// The words of a health check as they are started in the container.
function checkCommand(test) {
  const [kind, ...rest] = test;
  if (kind === "CMD") return rest;
  if (kind === "CMD-SHELL") return ["/bin/sh", "-c", ...rest];
  throw new Error(`health check of unknown kind ${kind}`);
}

export function seconds(text) {
  const match = /^(\d+)(s|m)$/.exec(text);
  if (!match) throw new Error(`${text}: not a duration in s or m`);
  return Number(match[1]) * (match[2] === "m" ? 60 : 1);
}

/// Services in an order in which everything a service needs comes before it.
export function startOrder(services) {
  const order = [];
  const visit = (name, path) => {
    if (path.includes(name)) throw new Error(`services wait for each other: ${[...path, name].join(" → ")}`);
    if (order.includes(name)) return;
    for (const { service } of services[name].needs) visit(service, [...path, name]);
    order.push(name);
  };
  for (const name of Object.keys(services)) visit(name, []);
  return order;
}
