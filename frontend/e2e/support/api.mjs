// The API as a program uses it: bearer tokens, JSON in and out, streams read event by event.
import assert from "node:assert/strict";
import { request } from "node:http";

export const PASSWORD = "correct horse battery";

/// One request without any cleverness: no pool, no decompression, own headers only.
export function raw(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export async function bodyOf(response) {
  const parts = [];
  for await (const part of response) parts.push(part);
  return Buffer.concat(parts);
}

/// A person (or nobody) who talks to the server at `base`.
export class Caller {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  at(base) {
    return new Caller(base, this.token);
  }

  headers(more = {}) {
    const bearer = this.token ? { authorization: `Bearer ${this.token}` } : {};
    return { ...bearer, ...more };
  }

  async send(method, path, body, headers = {}) {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await raw(this.base + path, { method, headers: this.headers({ ...json, ...headers }), body: text });
    const content = (await bodyOf(response)).toString();
    const parsed = /json/.test(response.headers["content-type"] ?? "") ? JSON.parse(content) : content;
    return { status: response.statusCode, headers: response.headers, body: parsed };
  }

  /// The body of a success; anything else fails the test with the server's own words.
  async ok(method, path, body) {
    const answer = await this.send(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /// Stores a file, as `files/make.mjs` makes them.
  async upload({ name, mimeType, buffer }) {
    const headers = this.headers({ "content-type": mimeType });
    const response = await raw(`${this.base}/api/files?name=${encodeURIComponent(name)}`, { method: "POST", headers, body: buffer });
    const content = (await bodyOf(response)).toString();
    assert.ok(response.statusCode < 300, `${name}: ${response.statusCode} ${content}`);
    return JSON.parse(content);
  }

  /// Sends a message and reads its stream to the end: `{events, comments, text}`, with `at` in milliseconds.
  async stream(body) {
    const headers = this.headers({ "content-type": "application/json", accept: "text/event-stream" });
    const start = performance.now();
    const response = await raw(`${this.base}/api/chat/stream`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(response.statusCode, 200, `the stream was refused: ${response.statusCode}`);
    const seen = { headers: response.headers, events: [], comments: [], kinds: [], text: "" };
    let rest = "";
    for await (const chunk of response.setEncoding("utf8")) {
      const at = performance.now() - start;
      const frames = (rest + chunk).split("\n\n");
      rest = frames.pop();
      for (const frame of frames) note(seen, frame, at);
    }
    return seen;
  }
}

function note(seen, frame, at) {
  const lines = frame.split("\n");
  const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).replace(/^ /, ""));
  if (data.length === 0) return void seen.comments.push({ at, text: frame });
  const event = JSON.parse(data.join("\n"));
  seen.events.push({ at, ...event });
  if (event.type === "part.started") seen.kinds[event.index] = event.part.kind;
  if (seen.kinds[event.index] === "text") seen.text += event.part?.text ?? event.text ?? "";
}

/// The first account of a server: its administrator.
export async function registerAdmin(base, username = "ada") {
  const { tokens, user } = await new Caller(base).ok("POST", "/api/auth/register", { username, password: PASSWORD, tokens: true });
  return Object.assign(new Caller(base, tokens.accessToken), { user });
}

/// A further account, approved by `admin` and signed in.
export async function registerUser(admin, username) {
  const nobody = new Caller(admin.base);
  const { user } = await nobody.ok("POST", "/api/auth/register", { username, password: PASSWORD, tokens: true });
  await admin.ok("PATCH", `/api/admin/users/${user.id}`, { status: "active" });
  const signedIn = await nobody.ok("POST", "/api/auth/login", { username, password: PASSWORD, tokens: true });
  return Object.assign(new Caller(admin.base, signedIn.tokens.accessToken), { user: signedIn.user });
}

/// Connects the fake model; any of its behaviours can be named as a model. Without names all that it lists are shown.
export async function connect(admin, mock, models) {
  const connection = await admin.ok("POST", "/api/connections", { name: "Fake", baseUrl: mock.url, key: "sk-test", models });
  if (models.length === 0) await showAll(admin, connection.id);
  return connection;
}

/// Shows every model of a connection: of a long list most stay hidden until an administrator says so.
export async function showAll(admin, connection) {
  for (;;) {
    const { items } = await admin.ok("GET", `/api/catalog?connection=${connection}&shown=false&limit=200`);
    if (items.length === 0) return;
    await admin.ok("PATCH", "/api/catalog", { ids: items.map(({ id }) => id), shown: true });
  }
}
