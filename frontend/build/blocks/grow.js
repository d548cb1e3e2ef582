// A block that is drawn again while it grows: what did not change stays, so that set formulas are neither set nor laid out anew.

const parsed = document.createElement("template");

/// Makes what is in `element` what `html` says.
export function grow(element, html) {
  parsed.innerHTML = html;
  follow(element, parsed.content);
  parsed.replaceChildren();
}

function follow(here, there) {
  let old = here.firstChild;
  for (const wanted of [...there.childNodes]) {
    if (!old) here.append(wanted);
    else if (kept(old, wanted)) old = old.nextSibling;
    else {
      old.replaceWith(wanted);
      old = wanted.nextSibling;
    }
  }
  while (old) {
    const next = old.nextSibling;
    old.remove();
    old = next;
  }
}

/// Whether the old node can stand for the wanted one; then it does.
function kept(old, wanted) {
  if (old.nodeType !== wanted.nodeType || old.nodeName !== wanted.nodeName) return false;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== wanted.data) old.data = wanted.data;
    return true;
  }
  if (wanted.dataset.tex !== undefined) return isSame(old, wanted);
  if (!old.isEqualNode(wanted)) {
    if (old.cloneNode().isEqualNode(wanted.cloneNode())) follow(old, wanted);
    else return false;
  }
  return true;
}

/// A formula is the same with the same source, as long as both are complete or both are not.
function isSame(old, wanted) {
  const isOpen = (span) => span.classList.contains("math-open");
  return old.dataset.tex === wanted.dataset.tex && isOpen(old) === isOpen(wanted);
}
