// Registers at a running installation, connects a fake model and chats with it:
// `node docker/tests/smoke.mjs INSTALLATION MODEL`. For an installation that nobody has claimed yet.
import assert from "node:assert/strict";
import { connect, registerAdmin } from "../../frontend/e2e/support/api.mjs";

const [installation, model] = process.argv.slice(2);
assert.ok(installation && model, "usage: node docker/tests/smoke.mjs INSTALLATION MODEL");

const admin = await registerAdmin(installation);
await connect(admin, { url: model }, ["tokens-15-10"]);
const { events, text } = await admin.stream({ content: "count", model: "tokens-15-10" });
assert.equal(events.at(-1).type, "run.completed", JSON.stringify(events.at(-1)));
assert.equal(text.trim().split(/\s+/).length, 15);
console.log(`registered as ${admin.user.username}, and an answer of ${text.length} characters streamed`);
