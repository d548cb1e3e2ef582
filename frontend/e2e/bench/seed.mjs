// The chats that are opened: some made as anybody makes them, by asking, and long ones written into the database.
import { fill } from "../support.mjs";

const CHATS = 6;
const TURNS = 10;
/// Messages of the long chats.
const LONG = [2_000, 10_000];

/// Asks so often in one chat; its last answer can be told from all others.
async function talk(admin, name, turns) {
  const say = (content, sessionId) => admin.ok("POST", "/api/chat", { content, model: "echo", ...(sessionId && { sessionId }) });
  const { sessionId } = await say(`${name} begins`);
  for (let turn = 2; turn < turns; turn += 1) await say(`${name}, turn ${turn}: **some** text with \`code\`, 以及中文。`, sessionId);
  const end = `${name} ends`;
  await say(end, sessionId);
  return { id: sessionId, end };
}

/// `{chats, long}`: some chats of 20 messages, and the long ones.
export async function seed(server, admin) {
  const [chats, long] = [[], []];
  for (const length of LONG) long.push({ ...(await fill(server, admin, `long ${length}`, length)), length, end: `message ${length - 1}. ` });
  for (let index = 0; index < CHATS; index += 1) chats.push(await talk(admin, `chat ${index}`, TURNS));
  return { chats, long };
}
