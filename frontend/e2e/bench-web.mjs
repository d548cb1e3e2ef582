// `cargo xtask bench web`: weight and speed of the sign-in page and of the chat page, against the targets.
// Sizes are bytes over the wire with headers; times are from the start of the navigation to the frame that shows it.
import { SLOW, measure, median, signedIn } from "./support/measure.mjs";
import { connect, launch, registerAdmin, startAichat, startMock } from "./support.mjs";

const RUNS = Number(process.argv[2] ?? 5);
const FORM = "input[type=password]";
const COMPOSER = "textarea";

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

async function repeat(...story) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(...story));
  const names = ["bytes", "requests", "seen", "early", "earlyRequests"];
  const middle = names.map((name) => [name, median(runs.map((run) => run[name]))]);
  return { ...Object.fromEntries(middle), last: runs.at(-1) };
}

function row(name, value, target, show) {
  const verdict = value <= target ? "ok" : "MISSED";
  console.log(`${name.padEnd(58)} ${show(value).padStart(10)}   target ${show(target).padStart(9)}   ${verdict}`);
}

const [mock, server, browser] = await Promise.all([startMock(), startAichat(), launch()]);
try {
  const admin = await registerAdmin(server.url);
  await connect(admin, mock, ["ok"]);
  const count = (value) => String(value);
  console.log(`median of ${RUNS} runs, each in a fresh profile\n`);

  const door = await repeat(browser, server.url, "/auth/login", FORM);
  row("sign-in page: bytes until the form is visible", door.early, 70_000, kB);
  row("sign-in page: requests until the form is visible", door.earlyRequests, 8, count);
  row("sign-in page: form visible", door.seen, 250, seconds);
  const slowDoor = await repeat(browser, server.url, "/auth/login", FORM, { slow: SLOW });
  row("sign-in page: form visible, 4 x slower, 10 Mbit/s, 40 ms", slowDoor.seen, 700, seconds);

  const chat = await repeat(browser, server.url, "/", COMPOSER, { prepare: signedIn(server, server.url, "ada") });
  row("chat page: bytes, brotli", chat.bytes, 450_000, kB);
  row("chat page: requests", chat.requests, 20, count);
  row("chat page: input visible", chat.seen, 600, seconds);
  const plain = await repeat(browser, server.named, "/", COMPOSER, { prepare: signedIn(server, server.named, "ada") });
  row("chat page: bytes, gzip (plain http by name)", plain.bytes, 600_000, kB);
  const slowChat = await repeat(browser, server.url, "/", COMPOSER, { prepare: signedIn(server, server.url, "ada"), slow: SLOW });
  console.log(`${"chat page: input visible, 4 x slower, 10 Mbit/s, 40 ms".padEnd(58)} ${seconds(slowChat.seen).padStart(10)}`);

  console.log("\nwhat the chat page loads:");
  for (const { url, bytes } of chat.last.transfers) console.log(`  ${kB(bytes).padStart(10)}  ${new URL(url).pathname}`);
} finally {
  await browser.close();
  await server.stop();
  await mock.stop();
}
