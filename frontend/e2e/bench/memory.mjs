// How much memory the tab of a page takes: the anonymous memory of its process, as the kernel counts it.
import { readFile } from "node:fs/promises";

/// Anonymous bytes of the largest process that draws a page.
export async function tabMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === "renderer");
  const all = await Promise.all(pages.map(async ({ id }) => {
    // One that has just ended has no memory any more.
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }));
  return Math.max(...all);
}
