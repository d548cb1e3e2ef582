// Draws the frame of the chat for somebody who is signed in, before the program has arrived: the ground of the list, the
// head, and a text box that takes text at once. It stands where the program's own will stand, and hands over what was
// typed, the caret, and a press of the button. It sends nothing itself, so there is one way to send.
// It lives in a tree of its own, so that the program finds nothing but what it drew itself. Only the text box can be used
// and read aloud; that the rest is on its way is said once.
// Words and icons are those of the program: build/post.mjs puts them here.
import { element, whenArrived } from "./early.js";

const TEXTS = __FRAME__;
const GLYPHS = __GLYPHS__;
const language = document.documentElement.lang === "zh-Hans" ? 1 : 0;
const say = (name) => TEXTS[name][language];
const box = (name, ...children) => element("div", { class: name }, ...children);
const mute = (name, ...children) => element("div", { class: name, "aria-hidden": "true" }, ...children);

function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.innerHTML = `<path d="${GLYPHS[name]}"/>`;
  return drawing;
}

const iconButton = (name) => element("span", { class: "icon-button" }, icon(name));

/// The list of chats, as `src/components/sidebar.rs` draws it, without chats and without the person.
function list({ name, logo }) {
  const rows = Array.from({ length: 6 }, () => element("span", { class: "skeleton-row" }));
  const brand = element("span", { class: "brand" },
    logo ? element("img", { class: "brand-logo", src: logo, alt: "" }) : null, element("span", {}, name || "AIChat"));
  return mute("sidebar",
    box("sidebar-head", brand, iconButton("Ellipsis"), iconButton("PanelLeft")),
    box("sidebar-new", icon("SquarePen"), element("span", {}, say("NEW_CHAT"))),
    box("sidebar-search", icon("Search"), element("span", {}, say("SEARCH"))),
    box("sidebar-list", box("skeleton", ...rows)),
    box("person", element("span", { class: "avatar" }), element("span", { class: "person-name" }), icon("Settings")));
}

/// The head, as `src/pages/chat/header.rs` draws it. The title of a chat comes with the program.
function head(isFresh) {
  return mute("head",
    box("head-list", iconButton("PanelLeft")),
    isFresh ? element("span", { class: "head-title" }, say("NEW_CHAT")) : null,
    isFresh ? box("head-end", iconButton("Hourglass")) : null,
    box("head-new", iconButton("SquarePen")));
}

/// The text box, as `src/components/composer.rs` draws it, with what does not depend on the model.
function composer(area) {
  const send = element("span", { class: "send idle", "aria-hidden": "true" }, icon("ArrowUp"));
  const tools = mute("composer-tools", iconButton("Paperclip"));
  return { send, dock: box("dock", box("composer", box("composer-text", area), box("composer-row", tools, send))) };
}

/// The beginnings to choose from; choosing one fills the box, as in the program.
function starters(fill) {
  const starter = (name) => {
    const text = say(`STARTER_${name}_TEXT`);
    const made = box("starter", element("span", { class: "starter-name" }, say(`STARTER_${name}`)), element("span", { class: "starter-text" }, text));
    made.addEventListener("click", () => fill(text));
    return made;
  };
  return mute("below", box("starters", ...["EXPLAIN", "WRITE", "CODE"].map(starter)));
}

/// The chat in the address, "" for a new one, and null where something else than a chat is shown.
function chatHere() {
  const path = location.pathname.replace(/\/$/, "");
  return path === "" ? "" : (/^\/c\/([^/]+)$/.exec(path)?.[1] ?? null);
}

/// Whether text is typed on glass, or there is no room beside its keyboard: see `take_focus` in `src/components/composer.rs`.
const isOnGlass = () => matchMedia("(max-width: 767px), (hover: none) and (pointer: coarse)").matches;

/// The draft of the chat, where the program keeps it; without a name of the person it is not known which one.
function draftOf(person, chat) {
  const key = /^[0-9a-f-]{36}$/.test(person) ? `aichat.draft.${person}.${chat || "new"}` : null;
  const keep = (text) => {
    try {
      if (text) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch {
      // Then it is handed over all the same.
    }
  };
  return { text: (key && window.aichatBoot.stored(key)) || "", keep: key ? keep : () => {}, isKnown: key !== null };
}

/// What Enter means: see `src/state/composer/keys.rs`.
function sends(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.shiftKey || event.altKey) return false;
  const command = event.ctrlKey || event.metaKey;
  return command || !(isOnGlass() || window.aichatBoot.stored("aichat.enter") !== null);
}

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/// Follows what is typed: the height of the box, the draft, and whether it is to be sent.
function follow(area, send, below, draft) {
  const typed = { any: false, pressed: false, composes: false };
  const changed = () => {
    Object.assign(typed, { any: true, pressed: false });
    fit(area);
    draft.keep(area.value);
    show();
  };
  const press = () => {
    typed.pressed = area.value.trim() !== "";
    show();
  };
  function show() {
    const isEmpty = area.value.trim() === "";
    send.classList.toggle("idle", isEmpty);
    send.replaceChildren(typed.pressed ? element("span", { class: "stop-mark", "aria-busy": "true" }) : icon("ArrowUp"));
    below?.classList.toggle("away", !isEmpty);
  }
  area.addEventListener("input", changed);
  // An input method is not cut off in the middle of a word.
  area.addEventListener("compositionstart", () => (typed.composes = true));
  area.addEventListener("compositionend", () => (typed.composes = false));
  area.addEventListener("keydown", (event) => {
    if (!sends(event)) return;
    event.preventDefault();
    press();
  });
  send.addEventListener("click", press);
  return { typed, changed, show };
}

/// Puts into the program's box what was typed here, behind a draft that could not be known here.
function carry(own, { value, selectionStart, selectionEnd }, draft) {
  const before = draft.isKnown || !own.value ? "" : `${own.value}\n\n`;
  own.value = before + value;
  own.setSelectionRange(before.length + selectionStart, before.length + selectionEnd);
}

/// Leaves the page to the program: what was typed, the caret, and the press.
function handOver({ host, root, area, typed, draft }) {
  const hadFocus = root.activeElement === area;
  host.remove();
  const own = document.querySelector("main.chat .composer textarea");
  if (!own) return;
  if (hadFocus) own.focus();
  // At once, so that the next key finds it there.
  if (typed.any) carry(own, area, draft);
  const { value } = own;
  let goesOn = false;
  own.addEventListener("input", () => (goesOn = true), { once: true });
  // After the program's own effects: only then does it know which draft is on the screen, and listens for this one.
  setTimeout(() => {
    const wentOn = goesOn;
    if (typed.any && !wentOn) {
      // The program showed its draft meanwhile.
      if (own.value !== value) carry(own, area, draft);
      own.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (typed.pressed && !wentOn) document.querySelector("main.chat .composer .send")?.click();
  }, 0);
}

/// Draws the frame where a chat is about to be shown to somebody who is signed in.
export function openFrame() {
  const { stored, look } = window.aichatBoot;
  const [person, chat] = [stored("aichat.signed-in"), chatHere()];
  // Without a model there is no text box: see `NoModel` in `src/components/empty.rs`.
  if (person === null || chat === null || stored("aichat.no-model") !== null) return;
  const draft = draftOf(person, chat);
  const area = element("textarea", { rows: "1", "aria-label": say("MESSAGE"), placeholder: say("ASK_ANYTHING"), autocomplete: "off" });
  area.value = draft.text;
  const { dock, send } = composer(area);
  const below = chat === "" ? starters((text) => {
    area.value = text;
    changed();
    area.focus();
  }) : null;
  const { typed, changed, show } = follow(area, send, below, draft);
  const folded = stored("aichat.sidebar-folded") === null ? "" : " folded";
  const status = element("span", { class: "visually-hidden", role: "status" }, say("LOADING"));
  const place = chat === "" ? mute("welcome", element("div", { class: "greeting" }, "\u00a0")) : box("thread-place");
  const main = box(chat === "" ? "chat fresh" : "chat", status, head(chat === ""), place, dock, ...(below ? [below] : []));
  const host = element("div", { id: "boot-frame" });
  // Nothing is seen without its style, which the page has fetched already.
  host.style.cssText = "position:fixed;inset:0;z-index:1;background:var(--canvas);visibility:hidden";
  const width = parseInt(stored("aichat.sidebar-width") ?? "", 10);
  if (width) host.style.setProperty("--sidebar-width", `${Math.min(Math.max(width, 224), 400)}px`);
  const root = host.attachShadow({ mode: "closed" });
  const style = element("link", { rel: "stylesheet", href: document.querySelector("link[rel=stylesheet]").href });
  style.addEventListener("load", () => {
    host.style.visibility = "";
    fit(area);
    if (!isOnGlass()) area.focus();
  });
  root.append(style, box(`app${folded}`, list(look()), main));
  show();
  document.body.append(host);
  // For whoever wants to know when it stands, and where.
  window.aichatBoot.frame = root;
  const leave = () => handOver({ host, root, area, typed, draft });
  // The text of a composition is in the box a moment after its end.
  whenArrived(() => (typed.composes ? area.addEventListener("compositionend", () => setTimeout(leave, 0), { once: true }) : leave()));
}
