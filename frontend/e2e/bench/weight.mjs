// Weight and speed of the sign-in page and of the chat page. Sizes are bytes over the wire with headers; times are from the
// start of the navigation to the frame that shows it.
import { SLOW, measure, median, signedIn } from "../support/measure.mjs";
import { count, kB, note, row, seconds } from "./report.mjs";

const FORM = "input[type=password]";
/// The text box, whoever draws it, and that of the program.
const COMPOSER = "textarea";
const OWN_COMPOSER = "main.chat textarea";
const NAMES = ["bytes", "requests", "seen", "early", "earlyRequests"];

export async function weigh({ browser, server, admin, runs }) {
  const repeat = async (...story) => {
    const all = [];
    for (let run = 0; run < runs; run += 1) all.push(await measure(browser, ...story));
    const middle = NAMES.map((name) => [name, median(all.map((one) => one[name]))]);
    return { ...Object.fromEntries(middle), last: all.at(-1) };
  };
  const asAda = (base) => ({ prepare: signedIn(server, base, "ada") });
  console.log(`\nmedian of ${runs} runs, each in a fresh profile\n`);

  const door = await repeat(server.url, "/auth/login", FORM);
  row("sign-in page: bytes until the form is visible", door.early, 70_000, kB);
  row("sign-in page: requests until the form is visible", door.earlyRequests, 8, count);
  row("sign-in page: form visible", door.seen, 250, seconds);
  const slowDoor = await repeat(server.url, "/auth/login", FORM, { slow: SLOW });
  row("sign-in page: form visible, 4 x slower, 10 Mbit/s, 40 ms", slowDoor.seen, 700, seconds);

  const chat = await repeat(server.url, "/", OWN_COMPOSER, asAda(server.url));
  row("chat page: bytes, brotli", chat.bytes, 450_000, kB);
  row("chat page: requests", chat.requests, 20, count);
  row("chat page: the program has taken over", chat.seen, 600, seconds);
  row("chat page: input visible", (await repeat(server.url, "/", COMPOSER, asAda(server.url))).seen, 600, seconds);
  const plain = await repeat(server.named, "/", OWN_COMPOSER, asAda(server.named));
  row("chat page: bytes, gzip (plain http by name)", plain.bytes, 600_000, kB);
  for (const [what, selector] of [["input visible", COMPOSER], ["the program has taken over", OWN_COMPOSER]]) {
    const slow = await repeat(server.url, "/", selector, { ...asAda(server.url), slow: SLOW });
    note(`chat page: ${what}, 4 x slower, 10 Mbit/s, 40 ms`, seconds(slow.seen));
  }

  const { sessionId } = await admin.ok("POST", "/api/chat", { content: "a chat that is opened by its address", model: "echo" });
  const known = await repeat(server.url, `/c/${sessionId}`, "article.answer", asAda(server.url));
  note("a chat by its address: bytes, brotli", kB(known.bytes));
  note("a chat by its address: requests", count(known.requests));
  note("a chat by its address: messages visible", seconds(known.seen));

  for (const [name, { last }] of [["the chat page", chat], ["a chat by its address", known]]) {
    console.log(`\nwhat ${name} loads:`);
    for (const { url, bytes } of last.transfers) console.log(`  ${kB(bytes).padStart(10)}  ${new URL(url).pathname}`);
  }
}
