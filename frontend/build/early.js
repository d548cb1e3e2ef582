// What door.js and frame.js share: making elements, and noticing that the program has come.

/// An element with attributes and children; `null` children are left out.
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/// Whether the program shows something: a page, or whatever it has to show instead.
function hasArrived() {
  const loading = document.querySelector("body > .boot .working-dot");
  const own = "body > :not(#boot-door, #boot-frame, #boot-note, noscript, script)";
  return !loading && document.querySelector(`${own} :is(h1, main, form, [role=alert])`);
}

/// Calls `handOver` once, when the program shows something or cannot start: then a final note says so, and whatever stands
/// on the page would promise too much.
export function whenArrived(handOver) {
  const observer = new MutationObserver(() => {
    if (!hasArrived() && !document.querySelector("#boot-note[data-final]")) return;
    observer.disconnect();
    handOver();
  });
  observer.observe(document.body, { childList: true, subtree: true });
}
