// A real Chromium that notices what a person would not: errors in the console, and requests to anybody else.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ROOT } from "./programs.mjs";

export const SIZES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

export const LOOKS = [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "desktop", theme: "dark", language: "zh-CN" },
  { size: "phone", theme: "light", language: "zh-CN" },
  { size: "phone", theme: "dark", language: "en-US" },
];

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP aichat.test 127.0.0.1",
];

export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
}

/// A fresh profile that looks at one server. `close()` fails the test for every fault that was not allowed.
export async function openContext(browser, base, { size = "desktop", theme = "light", language = "en-US", ...more } = {}) {
  const context = await browser.newContext({ ...SIZES[size], colorScheme: theme, locale: language, baseURL: base, ...more });
  context.setDefaultTimeout(60_000);
  const [faults, allowed] = [[], []];
  watch(context, base, (fault) => faults.push(fault));
  return {
    context,
    /// A fresh tab.
    page: async () => leavesInOrder(await context.newPage()),
    /// Names a fault that the test provokes on purpose, such as a refused sign-in.
    allow: (pattern) => allowed.push(pattern),
    faults: () => faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault))),
    async close() {
      await context.close();
      assert.deepEqual(this.faults(), [], "the browser noticed faults");
    },
  };
}

/// A sheet that was closed takes its entry out of the history a moment later, which would cancel a visit elsewhere and a
/// reload: whoever goes on by the address or loads anew waits for it, as everybody does who moves a hand to it.
function leavesInOrder(page) {
  const isOver = () => history.state !== true || document.querySelector("dialog[open], .popover, .app.drawn, .dock.tall") !== null;
  for (const way of ["goto", "reload"]) {
    const go = page[way].bind(page);
    page[way] = async (...how) => {
      if (page.url().startsWith("http")) await page.waitForFunction(isOver);
      return go(...how);
    };
  }
  return page;
}

/// Keeps the program away until `release()` is called.
export async function holdProgram(page) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route("**/*_bg.wasm", async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/// From the next load on the first answer has no models, as where there are very many: the page asks for the list itself.
/// Answers what ends that.
export async function modelsApart(page) {
  await page.addInitScript(() => {
    // An empty page has no storage.
    if (!location.protocol.startsWith("http") || !sessionStorage.getItem("modelsApart")) return;
    const { fetch } = window;
    window.fetch = async (...asked) => {
      const response = await fetch(...asked);
      if (new URL(response.url).pathname !== "/api/bootstrap") return response;
      const body = await response.json();
      delete body.start?.models;
      return new Response(JSON.stringify(body), response);
    };
  });
  await page.evaluate(() => sessionStorage.setItem("modelsApart", "1"));
  return () => page.evaluate(() => sessionStorage.removeItem("modelsApart"));
}

function watch(context, base, note) {
  context.on("console", (message) => {
    if (message.type() === "error") note(`console error: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (event) => note(`page error: ${event.error().stack ?? event.error()}`));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && origin !== base) note(`foreign request: ${request.url()}`);
  });
}

/// Runs `story(page, visitor)` in a fresh profile. When it fails, what the browser noticed and a picture tell why.
export async function visit(browser, base, look, story) {
  const visitor = await openContext(browser, base, look);
  const page = await visitor.page();
  try {
    await story(page, visitor);
  } catch (error) {
    const name = `failed-${Date.now()}`;
    await picture(page, name).catch(() => {});
    const faults = visitor.faults().map((fault) => `\n  ${fault}`).join("");
    const where = `${error.message}\nat ${page.url()}, see screenshots/${name}.png; the browser noticed:${faults || " nothing"}`;
    await visitor.context.close();
    const failure = new Error(where);
    failure.stack = error.stack.replace(error.message, () => where);
    throw failure;
  }
  await visitor.close();
}

/// Keeps a picture in `screenshots/`, which git ignores: for people to look at.
export async function picture(page, name) {
  const folder = join(ROOT, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/// A short name of a look, for pictures and test names.
export const lookName = ({ size, theme, language }) => `${size}-${theme}-${language.slice(0, 2)}`;
