// Opens a page in a fresh profile and takes its weight and times, as Chromium itself counts them.
import { Caller, PASSWORD } from "./api.mjs";
import { openContext } from "./browser.mjs";

/// A slower machine and line: what a person on a train has.
export const SLOW = { cpu: 4, latency: 40, bytesPerSecond: (10 * 1000 * 1000) / 8 };

/// Runs in the page: remembers when something matching `selector` first stood on the screen, drawn by the program or before it.
function watchFor(selector) {
  window.seenAt = null;
  const look = () => {
    const found = document.querySelector(selector) ?? window.aichatBoot?.frame?.querySelector(selector);
    const box = found?.getBoundingClientRect();
    if (box && box.width > 0 && box.height > 0 && getComputedStyle(found).visibility === "visible") {
      // The frame after this one is the first that shows it.
      requestAnimationFrame(() => (window.seenAt = performance.now()));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

/// Makes the tab of a session as slow as that.
export async function throttle(session, { cpu, latency, bytesPerSecond }) {
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  const both = { downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  await session.send("Network.emulateNetworkConditions", { offline: false, latency, ...both });
}

/// Counts every finished transfer of a page, headers included, with its end in milliseconds since the first request.
async function countTransfers(session) {
  const transfers = [];
  const urls = new Map();
  let start;
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request, timestamp }) => {
    start ??= timestamp;
    urls.set(requestId, request.url);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength, timestamp }) =>
    transfers.push({ url: urls.get(requestId), bytes: encodedDataLength, at: (timestamp - start) * 1000 }));
  return transfers;
}

/// `{bytes, requests, seen, early, …}`: everything the page loaded, and what of it had come when `selector` was seen.
export async function measure(browser, base, path, selector, { slow = null, prepare } = {}) {
  const visitor = await openContext(browser, base);
  try {
    await prepare?.(visitor.context);
    const page = await visitor.page();
    const session = await visitor.context.newCDPSession(page);
    const transfers = await countTransfers(session);
    if (slow) await throttle(session, slow);
    await page.addInitScript(watchFor, selector);
    await page.goto(path, { waitUntil: "commit" });
    await page.waitForFunction(() => window.seenAt !== null, null, { timeout: 60_000 });
    const seen = await page.evaluate(() => window.seenAt);
    // The event stream never ends, so idleness of the network cannot be waited for.
    await page.waitForTimeout(slow ? 2500 : 1000);
    const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
    const whole = { bytes: sum(transfers), requests: transfers.length };
    // By the clock: on a busy machine we hear of that frame long after it was drawn, and the program goes on meanwhile.
    const early = transfers.filter(({ at }) => at <= seen);
    return { ...whole, seen, early: sum(early), earlyRequests: early.length, transfers };
  } finally {
    await visitor.context.close();
  }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/// Brings a signed-in person's cookies into a profile, and the mark that the program leaves, without a visit of the sign-in
/// page.
export function signedIn(server, base, username) {
  return async (context) => {
    const headers = { "x-aichat-request": "1" };
    const answer = await new Caller(server.url).send("POST", "/api/auth/login", { username, password: PASSWORD }, headers);
    const pairs = answer.headers["set-cookie"].map((line) => line.split(";")[0].split("="));
    await context.addCookies(pairs.map(([name, value]) => ({ name, value, url: base })));
    await context.addInitScript((id) => localStorage.setItem("aichat.signed-in", id), answer.body.user.id);
  };
}
