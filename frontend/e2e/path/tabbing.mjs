// The keyboard alone: Tab comes to everything that can be used, and wherever the focus is, it shows.
import assert from "node:assert/strict";

/// More stops than any screen has.
const MOST = 600;

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

/// Takes the focus as seen; true once it has come round. It begins anywhere, and leaves the page for the browser's own
/// controls between the last stop and the first. A field for a day is several stops in a row, and a frame hands the focus over
/// a moment late. Runs in the page.
function visit() {
  const [focused, before] = [document.activeElement, [...window.visited].at(-1)];
  const isRound = focused !== before && window.visited.has(focused) && !focused.matches("body, iframe");
  window.visited.add(focused);
  return isRound;
}

/// What could be used with a mouse and was not come to, in words. Runs in the page.
function missed() {
  const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const controls = top.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const isUsable = (element) => isShown(element) && element.tabIndex >= 0 && !element.matches(":disabled") && !element.closest("[inert]");
  // The way to the end of a chat is gone by the time the focus, which scrolls along, has come there.
  const isPassed = (element) => element.closest(".to-end") !== null;
  // Of radio buttons and others that arrow keys lead through, one is come to.
  const group = (element) => (element.type === "radio" ? [...document.getElementsByName(element.name)] : [element]);
  const about = (element) => `<${element.localName} class="${element.className}"> ${element.ariaLabel ?? element.textContent.trim().slice(0, 40)}`;
  // The focus scrolls along, and what is near the screen in a chat is drawn anew: the same control in another element.
  const gone = new Set([...window.visited].filter((one) => one && !one.isConnected).map(about));
  const wasVisited = (element) => group(element).some((one) => window.visited.has(one)) || gone.has(about(element));
  return [...controls].filter((element) => isUsable(element) && !isPassed(element) && !wasVisited(element)).map(about);
}

/// Waits until two frames were drawn: what scrolled along with the focus stands where it will. Runs in the page.
const settled = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

/// Presses Tab until the focus has come round; answers where it could not be seen.
async function goRound(page, { slowly }) {
  const unseen = new Set();
  for (let step = 0; ; step += 1) {
    assert.ok(step < MOST, "the focus does not come round");
    await page.keyboard.press("Tab");
    if (slowly) await page.evaluate(settled);
    if (await page.evaluate(visit)) return unseen;
    unseen.add(await page.evaluate(unseenFocus));
  }
}

/// Goes through the page with Tab until the focus comes round: it has to show wherever it is, and to have come everywhere.
export async function followFocus(page) {
  const begin = () => {
    window.visited = new Set();
    document.activeElement?.blur();
  };
  await page.evaluate(begin);
  let unseen = await goRound(page, { slowly: false });
  let left = await page.evaluate(missed);
  if (left.length > 0) {
    // The keys come faster than frames, and a part of a chat that is drawn anew as the focus comes near can only be focused
    // from its next frame on: nobody types so fast.
    await page.evaluate(begin);
    unseen = new Set([...unseen, ...(await goRound(page, { slowly: true }))]);
    left = await page.evaluate(missed);
  }
  unseen.delete("");
  assert.deepEqual([...unseen], [], "the focus cannot be seen there");
  assert.deepEqual(left, [], "the focus never comes there");
}
