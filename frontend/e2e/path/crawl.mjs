// Follows every link that can be reached: what a page offers leads somewhere, and nothing breaks on the way.
import assert from "node:assert/strict";
import { until } from "../support.mjs";
import { settled } from "./screens.mjs";

/// Of addresses that differ in ids and values alone so many are looked at.
const ALIKE = 3;

/// What such addresses have in common.
function shape({ pathname, searchParams }) {
  const path = pathname.replace(/\/[0-9a-f]{8}-[0-9a-f-]{20,}/g, "/…");
  return `${path}?${[...searchParams.keys()].toSorted().join("&")}`;
}

/// The addresses of the page's links as it stands, and what is wrong with those that leave this server.
function links(page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href]")];
    const isOurs = (link) => new URL(link.href).origin === location.origin;
    const careless = all.filter((link) => !isOurs(link) && /^https?:/.test(link.href) && !/\bnoopener\b/.test(link.rel));
    return { ours: all.filter(isOurs).map((link) => link.href), careless: careless.map((link) => link.href) };
  });
}

/// Waits until a page shows what it is about.
async function drawn(visitor) {
  const { page } = visitor;
  await until(`${page.url()} is drawn`, () =>
    page.evaluate(() => document.querySelector("main") !== null && !document.querySelector(".boot, .skeleton, #boot-door")));
  await settled(visitor);
}

/// Pages that the client draws are opened; everything else is only asked for.
const isPage = ({ pathname }) => !/^\/(api|docs|metrics|preview)(\/|$)/.test(pathname);

class Crawl {
  constructor(visitor, isFault) {
    Object.assign(this, { visitor, isFault, queue: [], seen: new Set(), shapes: new Map(), faults: [] });
  }

  found(href) {
    const address = new URL(href);
    address.hash = "";
    const [key, kind] = [address.href, shape(address)];
    const alike = this.shapes.get(kind) ?? 0;
    if (this.seen.has(key) || alike >= ALIKE) return;
    this.seen.add(key);
    this.shapes.set(kind, alike + 1);
    this.queue.push(address);
  }

  async look() {
    const { ours, careless } = await links(this.visitor.page);
    ours.forEach((href) => this.found(href));
    this.faults.push(...careless.map((href) => `${href} may reach back to this page`));
  }

  async open(address) {
    const { page, words } = this.visitor;
    await page.goto(address.href);
    await drawn(this.visitor);
    const [nothing, errors] = [page.getByText(words.common.NOT_FOUND, { exact: true }), page.locator(".error-card")];
    if (await nothing.count()) this.faults.push(`${address.href} does not exist`);
    if ((await errors.count()) && this.isFault(address)) this.faults.push(`${address.href}: ${await errors.first().innerText()}`);
    await this.look();
  }

  async ask(address) {
    const { status } = await this.visitor.page.evaluate((href) => fetch(href).then(({ status }) => ({ status })), address.href);
    if (status >= 400) this.faults.push(`${address.href} answers ${status}`);
  }
}

/// Goes everywhere from the chat and the person's menu on; `isFault` says where an error belongs to what is shown. Answers
/// the shapes of the addresses that were found.
export async function crawl(visitor, isFault) {
  const { chat, page } = visitor;
  const way = new Crawl(visitor, isFault);
  await page.goto("/");
  await drawn(visitor);
  await chat.openList();
  await way.look();
  await chat.press(page.locator("button.person"));
  await page.locator(".person-menu a").first().waitFor();
  await way.look();
  while (way.queue.length) {
    const address = way.queue.shift();
    await (isPage(address) ? way.open(address) : way.ask(address));
  }
  assert.deepEqual(way.faults, []);
  visitor.settle();
  return new Set(way.shapes.keys());
}
