// Draws the sign-in form at once, before the program has arrived, and hands over to the program's own form: what was
// typed, the focus, and a press of the button. It sends nothing itself, so there is one way to sign in.
// The words are those of the program's own table: build/post.mjs puts them here.
import { element, whenArrived } from "./early.js";

const TEXTS = __DOOR__;
const language = document.documentElement.lang === "zh-Hans" ? 1 : 0;
const say = (name) => TEXTS[name][language];

function field(name, type, label, autocomplete) {
  const id = `door-${name}`;
  const more = { autocapitalize: "none", spellcheck: "false", "aria-required": "true" };
  return element("div", { class: "field" },
    element("label", { class: "field-label", for: id }, label),
    element("div", { class: "field-box" }, element("input", { id, name, type, autocomplete, ...more })));
}

/// The choices at the foot take their place, so that nothing moves when they come.
function choices(words) {
  const segment = (word) => element("span", { class: "segment" }, element("label", {}, word));
  return element("div", { class: "segmented" }, ...words.map(segment));
}

/// The buttons of other services, as `src/pages/login/providers.rs` draws them.
function services(providers) {
  if (!providers?.length) return null;
  const buttons = providers.map(({ id, name }) =>
    element("button", { class: "button", type: "button", "data-provider": id },
      element("span", { class: "button-label" }, say("CONTINUE").replace("{name}", name))));
  return element("div", { class: "door-services" }, element("p", { class: "door-or" }, say("OR")), ...buttons);
}

function draw({ branding, registration, providers }) {
  const button = element("button", { class: "button button-primary", type: "submit" },
    element("span", { class: "button-label" }, say("SIGN_IN")));
  const form = element("form", { class: "form", novalidate: "" },
    field("username", "text", say("USERNAME"), "username"),
    field("password", "password", say("PASSWORD"), "current-password"), button);
  const register = registration === "open"
    ? element("p", { class: "door-other" }, `${say("NO_ACCOUNT")} `, element("a", { href: "/auth/register" }, say("REGISTER")))
    : null;
  const foot = element("footer", { class: "door-foot", "aria-hidden": "true", style: "visibility: hidden" },
    choices(["中文", "English"]), choices(["THEME_SYSTEM", "THEME_LIGHT", "THEME_DARK"].map(say)));
  const door = element("div", { class: "door", id: "boot-door" },
    element("header", { class: "door-brand" },
      branding.logo ? element("img", { class: "brand-logo", src: branding.logo, alt: "" }) : null,
      element("span", {}, branding.name)),
    element("main", { class: "door-main" },
      element("h1", {}, say("SIGN_IN_TO").replace("{brand}", branding.name)), form, services(providers), register), foot);
  door.style.cssText = "position:fixed;inset:0;z-index:1;overflow:auto;background:var(--canvas)";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    door.dataset.pressed = "true";
    button.setAttribute("aria-busy", "true");
  });
  for (const service of door.querySelectorAll("[data-provider]")) {
    service.addEventListener("click", () => {
      door.dataset.chosen = service.dataset.provider;
      service.setAttribute("aria-busy", "true");
    });
  }
  // As the program's own page does (`src/marks.rs`): it would be narrower than this one.
  document.documentElement.setAttribute("data-scrolls", "");
  document.body.append(door);
  // The program focuses its own field when it comes; by then this tells where the person really was.
  const last = { field: null };
  form.addEventListener("focusin", (event) => (last.field = event.target));
  if (!matchMedia("(max-width: 767px)").matches) form.elements.username.focus();
  return { door, last };
}

/// Copies one field and, if the person was last in it, the place of the cursor.
function carry(from, to, last) {
  if (from.value) {
    to.value = from.value;
    to.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (last.field === from) {
    to.focus();
    to.setSelectionRange(from.selectionStart, from.selectionEnd);
  }
}

function handOver({ door, last }) {
  const own = document.querySelector("#username");
  if (own) {
    carry(door.querySelector("#door-username"), own, last);
    carry(door.querySelector("#door-password"), document.querySelector("#password"), last);
    if (door.dataset.chosen) document.getElementById(`provider-${door.dataset.chosen}`)?.click();
    else if (door.dataset.pressed) own.form.requestSubmit();
  } else {
    document.documentElement.removeAttribute("data-scrolls");
  }
  door.remove();
}

/// Whoever was signed in here is most likely still: then the program decides, and the form would only flash up.
function isExpected(answer) {
  return answer && !answer.user && answer.registration !== "setup";
}

/// Draws the form if its time has come, and returns when it can be seen. `asked` is the server's answer about who is
/// there, or null when nobody is expected at the door.
export async function openDoor(asked) {
  // A server that takes this long is worth starting the program for, which can say more.
  const patience = new Promise((resolve) => setTimeout(resolve, 2000, null));
  const answer = await Promise.race([asked, patience]);
  if (!isExpected(answer)) return;
  const drawn = draw(answer);
  // After the program's own effects, the focus among them.
  whenArrived(() => setTimeout(() => handOver(drawn), 0));
  // Two frames: the second begins when the first was shown. A hidden tab draws none.
  const frame = () => new Promise((resolve) => (document.hidden ? resolve() : requestAnimationFrame(resolve)));
  await frame();
  await frame();
}
