// The chats that are opened, made as anybody makes them: by asking.

const CHATS = 6;
const TURNS = 10;
const LONG_TURNS = 1_000;

/// Asks so often in one chat; its last answer can be told from all others.
async function talk(admin, name, turns) {
  const say = (content, sessionId) => admin.ok("POST", "/api/chat", { content, model: "echo", ...(sessionId && { sessionId }) });
  const { sessionId } = await say(`${name} begins`);
  for (let turn = 2; turn < turns; turn += 1) await say(`${name}, turn ${turn}: **some** text with \`code\`, 以及中文。`, sessionId);
  const end = `${name} ends`;
  await say(end, sessionId);
  return { id: sessionId, end };
}

/// `{chats, long}`: some chats of 20 messages, and one of 2,000.
export async function seed(admin) {
  const chats = [];
  const long = await talk(admin, "long", LONG_TURNS);
  for (let index = 0; index < CHATS; index += 1) chats.push(await talk(admin, `chat ${index}`, TURNS));
  return { chats, long };
}
