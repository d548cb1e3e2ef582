// Previews of code: diagrams at once, pages and drawings when somebody asks. What is shown runs in a frame that belongs to
// nobody (no origin, no network: `build/preview`), and tells this page nothing but its size or what is wrong.
import { make } from "./node.js";
import { name, say } from "./words.js";

/// Heights of a preview, in CSS pixels.
const [LEAST, MOST, FIRST] = [80, 640, 360];

const PAGES = { diagram: "diagram.html", svg: "diagram.html", html: "page.html" };

/// What each frame's messages go to, and how it is told of another theme.
const shown = new Map();

/// Adds the tabs to a complete block of code.
export function preview(figure, kind, source) {
  if (figure.querySelector(".code-tabs")) return;
  const look = new Look(figure, kind, source);
  figure.querySelector(".code-head").prepend(look.tabs);
  if (kind === "diagram") whenNear(figure, () => look.begin());
}

/// Diagrams far away wait: a long chat would start all of its frames at once.
function whenNear(figure, begin) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    begin();
  }, { root: figure.closest(".thread"), rootMargin: "600px" });
  watch.observe(figure);
}

class Look {
  constructor(figure, kind, source) {
    Object.assign(this, { figure, kind, source });
    this.buttons = ["PREVIEW", "CODE"].map((key) => {
      const button = make("button", { type: "button", class: "code-tab", "data-words": "" });
      button.addEventListener("click", () => (key === "CODE" ? this.show(false) : this.ask()));
      return name(button, key);
    });
    this.tabs = name(make("div", { class: "code-tabs", role: "group" }, ...this.buttons), "VIEW");
    this.mark();
  }

  mark() {
    const isShown = this.figure.classList.contains("previewing");
    this.buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(isShown === (at === 0))));
  }

  show(isShown) {
    this.figure.classList.toggle("previewing", isShown);
    this.mark();
  }

  /// Somebody wants to see it: a frame that has to be made shows its room at once.
  ask() {
    if (!this.frame) this.begin();
    if (this.drawn || this.kind === "html") this.show(true);
    this.wanted = true;
  }

  begin() {
    if (this.frame) return;
    this.frame = make("iframe", { class: "preview", sandbox: "allow-scripts", referrerpolicy: "no-referrer", src: `/preview/${PAGES[this.kind]}` });
    name(this.frame, "PREVIEW_OF");
    this.size(FIRST);
    this.figure.append(this.frame);
    shown.set(this.frame, this);
  }

  size(height) {
    this.frame.style.height = `${Math.ceil(Math.min(MOST, Math.max(LEAST, height)))}px`;
  }

  /// The frame said something. It may run anything, so whatever it says is taken for a number or for plain words.
  hear({ type, height, message }) {
    if (type === "ready") this.draw();
    if (type === "drawn" && Number.isFinite(height)) {
      this.size(height);
      const first = !this.drawn;
      this.drawn = true;
      this.note("");
      if (first && (this.kind === "diagram" || this.wanted)) this.show(true);
    }
    if (type === "failed") {
      this.note(String(message).slice(0, 400));
      this.show(false);
    }
  }

  draw() {
    const { kind, source } = this;
    // The frame has no origin that a message could be addressed to.
    this.frame.contentWindow?.postMessage({ type: "draw", kind, source, ...colours() }, "*");
  }

  note(message) {
    this.figure.querySelector(".preview-failed")?.remove();
    if (!message) return;
    // What a parser expected instead is a long list of its own names.
    const [sentence] = message.split(/\n?Expecting /);
    const why = make("p", { class: "preview-failed", role: "status" }, `${say("NOT_DRAWN")} `, make("code", {}, sentence));
    this.figure.querySelector(".code-head").after(why);
  }
}

/// The theme's values that diagrams are drawn in.
function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["surface", "code-ground", "fill", "text", "text-2", "line", "control", "accent", "accent-soft", "on-accent-soft", "warning-soft", "danger",
    "series-1", "series-2", "series-3", "series-4", "series-5", "series-6"];
  const tokens = Object.fromEntries(names.map((token) => [token, style.getPropertyValue(`--${token}`).trim()]));
  return { tokens, isDark: style.colorScheme === "dark", family: getComputedStyle(document.body).fontFamily };
}

function redraw() {
  for (const [frame, look] of shown) {
    if (!frame.isConnected) shown.delete(frame);
    else if (look.kind === "diagram" && look.drawn) look.draw();
  }
}

addEventListener("message", ({ source, data }) => {
  if (!source || typeof data !== "object" || data === null) return;
  for (const [frame, look] of shown) {
    if (!frame.isConnected) shown.delete(frame);
    else if (frame.contentWindow === source) look.hear(data);
  }
});
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
