// What must hold of a screen at any width: nothing is cut, nothing lies on something else, and a finger hits what it means.
import assert from "node:assert/strict";

/// What a finger needs, in CSS pixels.
const TARGET = 44;

/// Faults of the layout in words. Runs in the page and looks at what is on top: a dialog, a sheet, what is offered while one
/// types, the text box on the whole page, the list, else the page.
function misfits([target, touch]) {
  const found = new Set();
  const sheets = [...document.querySelectorAll(".popover")];
  const list = innerWidth < 1100 ? document.querySelector(".app.drawn .sidebar") : null;
  const writing = document.querySelector(".suggest:not([hidden])") ?? document.querySelector(".dock.tall");
  const top = document.querySelector("dialog[open]") ?? sheets.at(-1) ?? writing ?? list ?? document.body;
  /// What only screen readers say has no extent on the screen.
  const isForEars = (element) => [...ancestors(element)].some((at) => getComputedStyle(at).clipPath === "inset(50%)");
  const seen = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !isForEars(element);
  const about = (element) => `<${element.localName} class="${element.className}"> "${(element.ariaLabel ?? element.textContent).trim().slice(0, 30)}"`;
  const inner = (a, b) => ({
    left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
  });
  const boxes = new Map();
  /// What an element leaves of its content: the part that shows, and whether it says or lets one see that there is more.
  const boxOf = (element) => {
    if (!boxes.has(element)) {
      const { overflowX, overflowY, textOverflow, webkitLineClamp, position } = getComputedStyle(element);
      const [across, down] = [overflowX, overflowY].map((overflow) => ["auto", "scroll"].includes(overflow));
      const short = textOverflow === "ellipsis" || webkitLineClamp !== "none";
      const sticks = ["sticky", "fixed"].includes(position);
      boxes.set(element, { clips: overflowX !== "visible", across: across || short, down: down || short, sticks, rect: element.getBoundingClientRect() });
    }
    return boxes.get(element);
  };
  const ancestors = function* (element) {
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) yield at;
  };
  const page = { left: 0, top: 0, right: document.documentElement.clientWidth, bottom: innerHeight };
  /// The part of the window in which an element can be seen.
  const frame = (element) => [...ancestors(element)].map(boxOf).filter(({ clips }) => clips).reduce((rest, { rect }) => inner(rest, rect), page);
  /// Whether something ends in the middle of what is left of it, without a way to see the rest.
  const isCut = (element, rect) => {
    let rest = rect;
    for (const { clips, across, down, rect: edge } of [...[...ancestors(element)].map(boxOf), { clips: true, down: true, rect: page }]) {
      if (!clips) continue;
      if (!across && (rest.left < edge.left - 1 || rest.right > edge.right + 1)) return true;
      if (!down && rest.top < edge.bottom && rest.bottom > edge.bottom + 1) return true;
      rest = inner(rest, edge);
      if (rest.right - rest.left < 1 || rest.bottom - rest.top < 1) return false;
    }
    return false;
  };
  const middle = ({ left, top, right, bottom }) => [(left + right) / 2, (top + bottom) / 2];
  const holds = ({ left, top, right, bottom }, [x, y]) => x > left && x < right && y > top && y < bottom;
  /// What sticks to an edge may cover what it belongs to and what scrolls below it, and nothing else.
  const isUnder = (element, hit) => [...ancestors(hit)].some((at) => boxOf(at).sticks && !at.contains(element) && at.parentElement.contains(element));

  const lines = [];
  const texts = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const holder = node.parentElement;
    if (!node.data.trim() || !seen(holder)) continue;
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      // What a formula says to screen readers stands in a box of one pixel.
      if (!holder.closest(".katex-mathml") && isCut(holder, rect)) found.add(`cut: ${about(holder)} ends at ${rect.right.toFixed()} × ${rect.bottom.toFixed()}`);
      const at = middle(rect);
      const shows = frame(holder);
      if (!holds(shows, at)) continue;
      const hit = document.elementFromPoint(...at);
      // What ends in "…" is nowhere beyond that.
      if (hit && !isUnder(holder, hit)) lines.push({ node, holder, rect: inner(rect, shows) });
    }
  }
  for (const [index, one] of lines.entries()) {
    for (const other of lines.slice(index + 1)) {
      const { left, top, right, bottom } = inner(one.rect, other.rect);
      if (one.node !== other.node && right - left > 3 && bottom - top > 4) found.add(`on each other: ${about(one.holder)} and ${about(other.holder)}`);
    }
  }

  for (const control of top.querySelectorAll("button, a, input:not([type=checkbox]), select, textarea, label.model-row")) {
    const box = control.getClientRects()[0];
    // A radio button is seen as its label.
    if (!box || !seen(control.matches("[type=radio]") ? control.parentElement : control)) continue;
    const at = middle(box);
    const shows = frame(control);
    if (!holds(shows, at)) continue;
    const hits = ([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return !hit || control.contains(hit) || isUnder(control, hit);
    };
    if (!hits(at)) found.add(`covered: ${about(control)} by ${about(document.elementFromPoint(...at))}`);
    // A link in a sentence is as high as its line.
    if (!touch || control.matches("p a, .markdown a")) continue;
    const reach = target / 2 - 1;
    const around = [[-reach, 0], [reach, 0], [0, -reach], [0, reach]].map(([dx, dy]) => [at[0] + dx, at[1] + dy]);
    const missed = around.filter((point) => holds(shows, point)).some((point) => !hits(point));
    if (missed) found.add(`hard to hit: ${box.width.toFixed()} × ${box.height.toFixed()} px, ${about(control)}`);
  }
  return [...found];
}

/// Fails with what is cut, covered or too small on the screen.
export async function everythingFits(page, { touch, where }) {
  const faults = await page.evaluate(misfits, [TARGET, touch]);
  assert.deepEqual(faults, [], where);
}
