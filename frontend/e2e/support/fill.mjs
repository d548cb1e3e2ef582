// A chat of any length, and a list of any length, in seconds: written into the database past the server, which reads them
// like its own.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

// Every Python brings SQLite along; node does only from 22 on.
const SCRIPT = `
import json, sqlite3, sys
file, session, length, text = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
db = sqlite3.connect(file, timeout=30)
def name(at): return "%s-%06d" % (session, at)
def parts(at):
    words = "message %d. " % at + (text * (1 + at % 7) if at % 2 else "why?")
    return json.dumps([{"kind": "text", "text": words}])
rows = ((name(at), session, name(at - 1) if at else None, "assistant" if at % 2 else "user", "small" if at % 2 else None,
         name(at + 1) if at + 1 < length else None, parts(at), 1700000000000 + at) for at in range(length))
with db:
    db.execute("PRAGMA foreign_keys = OFF")
    db.executemany("INSERT INTO messages (id, session_id, parent_id, role, status, model, active_child_id, parts, truncated, created_at) "
                   "VALUES (?, ?, ?, ?, 'completed', ?, ?, ?, 0, ?)", rows)
    db.execute("UPDATE sessions SET active_leaf_id = ? WHERE id = ?", (name(length - 1), session))
`;

const TEXT = "A map is **never** the river, and yet nobody crosses one without it. 没有画出来的部分，往往最为重要。\n\n- what is drawn\n- what is left out\n\n";

// Each is what one that the server made is, but for its name and its time: a minute before the one before.
const LIST = `
import sqlite3, sys
file, session, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
db = sqlite3.connect(file, timeout=30)
db.row_factory = sqlite3.Row
one = dict(db.execute("SELECT * FROM sessions WHERE id = ?", (session,)).fetchone())
def chat(at):
    then = one["last_activity_at"] - 60000 * (at + 1)
    return {**one, "id": "%s-%06d" % (session, at), "title": "chat of many %d" % at, "created_at": then, "last_activity_at": then}
with db:
    names = ", ".join(one)
    db.executemany("INSERT INTO sessions (%s) VALUES (%s)" % (names, ", ".join(":" + name for name in one)), map(chat, range(count)))
`;

const write = (server, script, ...given) => promisify(execFile)("python3", ["-c", script, join(server.data, "aichat.db"), ...given]);

/// So many chats without a message below the present ones; the last is called `chat of many COUNT-1`.
export async function fillList(server, person, count) {
  const { id } = await person.ok("POST", "/api/sessions", { title: "the first of many" });
  await write(server, LIST, id, String(count));
}

/// A chat with so many messages, a question and an answer in turn, which say their numbers: `{id, message(number)}`.
export async function fill(server, person, title, length) {
  const { id } = await person.ok("POST", "/api/sessions", { title });
  await write(server, SCRIPT, id, String(length), TEXT);
  return { id, message: (number) => `${id}-${String(number).padStart(6, "0")}` };
}
