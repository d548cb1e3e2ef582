// What must hold on every screen, whatever it shows: nothing scrolls sideways, nothing is too small to read or to hit, the
// focus can be seen, and Deque's rules find nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support.mjs";

const AXE = readFileSync(join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8");
const SMALLEST_TEXT = 12;
const SMALLEST_TARGET = 44;
/// Where fingers have to hit. A switch is smaller than its place; layout.mjs looks at what a finger reaches around it.
const TARGETS = [
  ".head button, .composer button, .sidebar button, .sidebar a, .door button, .start-head a, .vendor",
  ".settings-back, .settings-index :is(a, input), .settings-main :is(button:not(.switch), select, a.button, .input)",
].join(", ");

/// Texts, targets and widths that break a rule, in words.
export async function measure(page, { touch }) {
  const faults = await page.evaluate(([smallestText, smallestTarget, targets]) => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
    const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const about = (element) => `<${element.localName} class="${element.className}"> "${element.textContent.trim().slice(0, 30)}"`;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const holder = texts.currentNode.parentElement;
      const size = parseFloat(getComputedStyle(holder).fontSize);
      if (texts.currentNode.data.trim() && size < smallestText && seen(holder)) found.push(`text of ${size} px: ${about(holder)}`);
    }
    for (const target of targets ? document.querySelectorAll(targets) : []) {
      const { width, height } = target.getBoundingClientRect();
      const small = Math.min(width, height) < smallestTarget - 0.5;
      if (seen(target) && small) found.push(`target of ${width} × ${height} px: ${target.ariaLabel ?? ""} ${about(target)}`);
    }
    return [...new Set(found)];
  }, [SMALLEST_TEXT, SMALLEST_TARGET, touch ? TARGETS : ""]);
  assert.deepEqual(faults, []);
}

/// What breaks Deque's rules, in words, however small it is: all of them, or those named.
export async function violations(page, rules) {
  const known = await page.evaluate(() => typeof window.axe === "object");
  // Evaluated from outside, so the page's own policy against inline scripts stays as it is.
  if (!known) await page.evaluate(AXE);
  return page.evaluate(async (rules) => {
    // A button that was just pressed is paler for a moment, after a finger even a little longer; that is not what people
    // read. One change may be followed by the next, so this looks until nothing moves.
    const fading = () => document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    while (document.querySelector(":active") || fading().length) {
      await Promise.allSettled(fading().map((animation) => animation.finished));
      await new Promise(requestAnimationFrame);
    }
    const options = { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) };
    const { violations } = await window.axe.run(document, options);
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map((node) => `${id} (${impact}): ${node.html.slice(0, 200)} — ${node.failureSummary}`));
  }, rules);
}

/// Nothing too small, nothing that Deque's rules refuse.
export async function isSound({ chat, page }) {
  await measure(page, { touch: chat.isPhone });
  assert.deepEqual(await violations(page), []);
}
