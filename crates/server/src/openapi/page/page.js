// Draws the API's description: every operation with what it takes, what it answers and how to call it. It reads the document
// that programs read, and builds elements from it, never markup.
"use strict";

const WORDS = {
  en: {
    skip: "Skip to the operations", document: "The document for programs (OpenAPI 3.1)", version: "Version",
    filter: "Filter by path, method or words", count: "{n} operations", none: "Nothing fits.",
    open: "for everybody", token: "access token", cookie: "cookie of a browser", key: "API key with scope", pass: "pass of aichat doctor", metrics: "token of metrics",
    query: "In the address", body: "Body", answer: "Answer", example: "Example", call: "Call", needed: "required", fields: "fields",
    bytes: "the bytes of a file", stream: "stream of events, each with", refused: "Anything else is a failure: {code, message, requestId}.",
    copy: "Copy", copied: "Copied", selected: "Selected; copy it", failed: "The document could not be read: reload this page.", nothing: "nothing", or: "or",
  },
  zh: {
    skip: "跳到接口列表", document: "供程序读取的文档（OpenAPI 3.1）", version: "版本",
    filter: "按路径、方法或文字筛选", count: "{n} 个接口", none: "没有符合的接口。",
    open: "任何人可用", token: "访问令牌", cookie: "浏览器 Cookie", key: "API 密钥，权限", pass: "aichat doctor 的通行证", metrics: "指标令牌",
    query: "地址参数", body: "请求体", answer: "响应", example: "示例", call: "调用", needed: "必填", fields: "个字段",
    bytes: "文件的字节", stream: "事件流，每个事件是", refused: "其他状态都是失败：{code, message, requestId}。",
    copy: "复制", copied: "已复制", selected: "已选中，请复制", failed: "无法读取文档，请刷新页面。", nothing: "无内容", or: "或",
  },
};
const chinese = (localStorage.getItem("aichat.language") || navigator.language || "").toLowerCase().startsWith("zh");
const words = WORDS[chinese ? "zh" : "en"];
document.documentElement.lang = chinese ? "zh-Hans" : "en";
const theme = localStorage.getItem("aichat.theme");
if (theme === "light" || theme === "dark") document.documentElement.style.colorScheme = theme;

const METHODS = ["get", "post", "put", "patch", "delete"];
/// How deep the fields of fields are drawn; the document itself knows no end.
const DEEP = 4;

const by = (id) => document.getElementById(id);
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/// A sentence with its `names` as code.
const prose = (text) => text.split("`").map((piece, index) => (index % 2 ? make("code", {}, piece) : piece));

let spec;
const follow = (schema) => {
  const place = schema && schema.$ref;
  return place ? place.slice(2).split("/").reduce((value, name) => value[name], spec) : schema;
};
const nameOf = (schema) => (schema && schema.$ref ? schema.$ref.split("/").pop() : "");

/// A schema in a few words: `string`, `Page`, `array of Message`, `"a" | "b"`.
function kind(schema) {
  if (!schema || typeof schema !== "object") return "any";
  if (schema.$ref) return nameOf(schema);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf || schema.oneOf;
  if (choices) return [...new Set(choices.map(kind))].join(" | ");
  if (schema.allOf) return schema.allOf.map(kind).join(" & ");
  const types = [].concat(schema.type || []);
  if (types.includes("array")) return `array of ${kind(schema.items)}`;
  return types.join(" | ") || "any";
}

/// The object whose fields are worth drawing behind a schema: itself, what an array holds, the one choice that is no null.
function core(schema) {
  const plain = follow(schema);
  if (!plain || typeof plain !== "object") return null;
  if (plain.properties) return plain;
  if (plain.items) return core(plain.items);
  const choices = (plain.anyOf || plain.oneOf || plain.allOf || []).filter((choice) => choice.type !== "null");
  return choices.length === 1 ? core(choices[0]) : null;
}

function fields(schema, depth) {
  const object = core(schema);
  if (!object) return null;
  const required = object.required || [];
  return make("table", {}, ...Object.entries(object.properties).map(([name, field]) => row(name, field, required.includes(name), depth)));
}

function row(name, field, needed, depth) {
  const text = field.description || (follow(field) || {}).description;
  const more = depth < DEEP && core(field) ? unfolding(field, depth + 1) : null;
  const about = make("div", {}, make("span", { class: "kind" }, kind(field)), needed ? make("span", { class: "needed" }, ` ${words.needed}`) : null);
  return make("tr", {}, make("td", {}, name), make("td", {}, about, text ? make("div", {}, ...prose(text)) : null, more));
}

/// Fields that are drawn when somebody wants to see them.
function unfolding(schema, depth) {
  const count = Object.keys(core(schema).properties).length;
  const details = make("details", { class: "fields" }, make("summary", {}, `${nameOf(schema) || "{…}"} · ${count} ${words.fields}`));
  details.addEventListener("toggle", () => details.children.length > 1 || details.append(fields(schema, depth)), { once: true });
  return details;
}

function code(text) {
  const [pre, button] = [make("pre", { tabindex: "0" }, text), make("button", { class: "copy", type: "button" }, words.copy)];
  button.addEventListener("click", async () => {
    button.textContent = (await copied(pre)) ? words.copied : words.selected;
    setTimeout(() => (button.textContent = words.copy), 1600);
  });
  return make("div", { class: "code" }, pre, button);
}

/// Copies what an element says. Over plain HTTP browsers have no clipboard for pages, so it is selected and copied the old
/// way; where that is refused too, it stays selected for whoever copies by hand.
async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(element);
    const done = document.execCommand("copy");
    if (done) selection.removeAllRanges();
    return done;
  }
}

/// A block about a body: its fields, an example.
function block(title, media, content) {
  const parts = [make("h3", {}, title)];
  const schema = content.schema && content.schema.contentSchema ? content.schema.contentSchema : content.schema;
  if (media === "text/event-stream") parts.push(make("p", { class: "kind" }, `${words.stream} ${kind(schema)}`));
  else if (schema) parts.push(make("p", { class: "kind" }, kind(schema)));
  else parts.push(make("p", { class: "kind" }, media));
  const table = schema && fields(schema, 0);
  if (table) parts.push(table);
  if (content.example !== undefined) parts.push(make("h3", {}, words.example), code(JSON.stringify(content.example, null, 2)));
  return parts;
}

function callOf(method, path, operation) {
  const body = operation.requestBody && operation.requestBody.content["application/json"];
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}'${location.origin}${path}'`];
  if (operation.security.length) lines.push(`  -H "Authorization: Bearer $TOKEN"`);
  if (body) {
    lines.push(`  -H 'Content-Type: application/json'`);
    lines.push(`  -d '${JSON.stringify(body.example || {}).replaceAll("'", "'\\''")}'`);
  } else if (operation.requestBody) lines.push("  --data-binary @file");
  return lines.join(" \\\n");
}

function inside(method, path, operation) {
  const parts = [make("p", {}, ...ways(operation))];
  const query = (operation.parameters || []).filter((parameter) => parameter.in === "query");
  if (query.length) {
    parts.push(make("h3", {}, words.query));
    parts.push(make("table", {}, ...query.map((it) => row(it.name, { ...it.schema, description: it.description }, it.required, DEEP))));
  }
  for (const [media, content] of Object.entries((operation.requestBody || {}).content || {})) {
    parts.push(...block(content.schema ? words.body : `${words.body}: ${words.bytes}`, media, content));
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status === "default") continue;
    const contents = Object.entries(response.content || {});
    for (const [media, content] of contents) parts.push(...block(`${words.answer} ${status}`, media, content));
    if (!contents.length) parts.push(make("h3", {}, `${words.answer} ${status}`), make("p", { class: "kind" }, words.nothing));
  }
  parts.push(make("p", { class: "quiet" }, words.refused), make("h3", {}, words.call), code(callOf(method, path, operation)));
  return parts;
}

function ways(operation) {
  if (!operation.security.length) return [make("span", { class: "chip" }, words.open)];
  return operation.security.map((way) => {
    const [[name, scopes]] = Object.entries(way);
    return make("span", { class: "chip" }, scopes.length ? `${words[name]} ${scopes.join(", ")}` : words[name]);
  });
}

function drawOperation(method, path, operation) {
  const summary = make("summary", {}, make("span", { class: "method" }, method.toUpperCase()), make("span", { class: "path" }, path), make("span", { class: "what" }, ...prose(operation.summary)));
  const details = make("details", { class: "operation", id: operation.operationId }, summary);
  details.dataset.words = `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(make("div", { class: "inside" }, ...inside(method, path, operation)));
    if (details.open) history.replaceState(null, "", `#${details.id}`);
  });
  return details;
}

function draw() {
  by("version").textContent = `${words.version} ${spec.info.version}`;
  by("about").append(...prose(spec.info.description));
  const sections = new Map(spec.tags.map((tag) => [tag.name, make("section", { id: tag.name.toLowerCase() }, make("h2", {}, tag.name), make("p", { class: "quiet" }, tag.description))]));
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const method of METHODS) {
      if (methods[method]) sections.get(methods[method].tags[0]).append(drawOperation(method, path, methods[method]));
    }
  }
  by("operations").append(...sections.values());
  by("index").append(...[...sections.keys()].map((name) => make("a", { href: `#${name.toLowerCase()}` }, name)));
}

/// Shows what has every word, and says how much that is.
function filter() {
  const wanted = by("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const section of document.querySelectorAll("section")) {
    let here = 0;
    for (const details of section.querySelectorAll("details.operation")) {
      const fits = wanted.every((word) => details.dataset.words.includes(word));
      details.hidden = !fits;
      here += fits ? 1 : 0;
    }
    section.hidden = here === 0;
    count += here;
  }
  by("count").textContent = count ? words.count.replace("{n}", count) : words.none;
}

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return;
  if (named.matches("details")) named.open = true;
  named.scrollIntoView();
}

async function start() {
  document.querySelector(".skip").textContent = words.skip;
  by("document").textContent = words.document;
  by("filter").placeholder = words.filter;
  by("filter").setAttribute("aria-label", words.filter);
  try {
    const response = await fetch("/api/openapi.json");
    spec = await response.json();
  } catch {
    by("count").textContent = words.failed;
    return;
  }
  draw();
  filter();
  by("filter").addEventListener("input", filter);
  addEventListener("hashchange", openNamed);
  openNamed();
}

start();
