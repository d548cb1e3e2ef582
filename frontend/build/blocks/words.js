// The words of what is added to blocks, in the language of the page, and told anew when that changes.
const TEXTS = __TEXTS__;

const isChinese = () => document.documentElement.lang.startsWith("zh");

/// A text of `src/i18n/blocks.rs` as it reads now, with its placeholders filled in.
export const say = (key, values = {}) => TEXTS[key][isChinese() ? 1 : 0].replace(/\{(\w+)\}/g, (_, name) => values[name]);

/// Names an element for ears, and for eyes if it has a tip; follows the language.
export function name(element, key) {
  element.dataset.say = key;
  apply(element);
  return element;
}

function apply(element) {
  const { say: key } = element.dataset;
  if (element.matches("[data-words]")) element.textContent = say(key);
  else element.setAttribute("aria-label", say(key));
  if (element.hasAttribute("data-tip")) element.setAttribute("data-tip", say(key));
}

new MutationObserver(() => document.querySelectorAll("[data-say]").forEach(apply)).observe(document.documentElement, { attributeFilter: ["lang"] });
