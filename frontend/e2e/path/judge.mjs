// What must hold on every screen, whatever it shows: nothing scrolls sideways, nothing is too small to read or to hit, the
// focus can be seen, and Deque's rules find nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support.mjs";

const AXE = readFileSync(join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8");
const SMALLEST_TEXT = 12;
const SMALLEST_TARGET = 44;
/// Where fingers have to hit.
const TARGETS = ".head button, .composer button, .sidebar button, .sidebar a, .door button, .settings-back";

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

/// What is focused, in words, if nobody can see that it is. Runs in the page.
function unseenFocus() {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return "";
  // Radio buttons show the focus on their label.
  const own = [focused, focused.nextElementSibling].filter(Boolean);
  const hasRing = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  if (own.some(hasRing)) return "";
  // Text boxes may show it on the frame around them, the handle of a column on its line.
  const frames = [focused, focused.parentElement, focused.parentElement?.parentElement];
  const look = () => {
    const line = getComputedStyle(focused, "::after").backgroundColor;
    const frame = (element) => {
      const { outline, boxShadow, borderColor } = getComputedStyle(element);
      return [outline, boxShadow, borderColor];
    };
    return [line, ...frames.filter(Boolean).map(frame)].join("|");
  };
  const types = focused.matches("input, textarea, select, [role=separator]");
  const withFocus = look();
  focused.blur();
  const without = look();
  focused.focus({ focusVisible: true, preventScroll: true });
  return types && withFocus !== without ? "" : `<${focused.localName} class="${focused.className}"> ${focused.ariaLabel ?? focused.id}`;
}

/// Goes through the page with Tab: wherever the focus is, it has to show.
export async function followFocus(page, steps = 20) {
  const unseen = new Set();
  await page.evaluate(() => document.activeElement?.blur());
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press("Tab");
    unseen.add(await page.evaluate(unseenFocus));
  }
  unseen.delete("");
  assert.deepEqual([...unseen], [], "the focus cannot be seen there");
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
