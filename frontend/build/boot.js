/* Runs before the first paint, in every browser ever made, so it is written in old JavaScript.
   It puts language, colours and brand on the page and says so when the program cannot start. */
(function () {
  "use strict";
  var root = document.documentElement;
  var words = {
    old: [
      "AIChat needs a newer browser: Chrome 111, Safari 16.4, Firefox 128, or later.",
      "AIChat \u9700\u8981\u66f4\u65b0\u7684\u6d4f\u89c8\u5668\uff1aChrome 111\u3001Safari 16.4\u3001Firefox 128 \u6216\u66f4\u9ad8\u7248\u672c\u3002"
    ],
    failed: [
      "AIChat could not start. Reload this page; if that does not help, ask your administrator.",
      "AIChat \u672a\u80fd\u542f\u52a8\u3002\u8bf7\u5237\u65b0\u9875\u9762\uff1b\u5982\u679c\u4ecd\u7136\u65e0\u6548\uff0c\u8bf7\u8054\u7cfb\u7ba1\u7406\u5458\u3002"
    ],
    slow: [
      "AIChat is still loading. The connection is slow; you can wait or reload this page.",
      "AIChat \u4ecd\u5728\u52a0\u8f7d\uff0c\u7f51\u7edc\u8f83\u6162\u3002\u4f60\u53ef\u4ee5\u7ee7\u7eed\u7b49\u5f85\u6216\u5237\u65b0\u9875\u9762\u3002"
    ]
  };
  var note = null;
  var final = false;

  function stored(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (refused) {
      return null;
    }
  }

  /* The icon as build/post.mjs puts it here, and its colour. */
  var drawing = __ICON__;
  var green = "#1F6B52";
  var link = document.querySelector("link[rel=icon]");
  var own = link && link.href;
  var look = {};
  var marked = false;

  /* The accent of one theme as declarations; none for what is no colour. */
  function declared(accent) {
    var names = { accent: "accent", accentHover: "accent-hover", onAccent: "on-accent", accentSoft: "accent-soft", onAccentSoft: "on-accent-soft" };
    var text = "";
    for (var name in names) {
      if (!accent || !/^#[0-9a-f]{6}$/.test(accent[name])) return "";
      text += "--" + names[name] + ":" + accent[name] + ";";
    }
    return text;
  }

  function wear(accents) {
    var sheet = document.getElementById("brand-colours");
    if (!sheet) {
      sheet = document.createElement("style");
      sheet.id = "brand-colours";
      document.head.appendChild(sheet);
    }
    var light = declared(accents && accents.light);
    var dark = declared(accents && accents.dark);
    sheet.textContent = !light || !dark ? "" : ":root:root{" + light + "}:root:root[data-theme=dark]{" + dark + "}" +
      "@media (prefers-color-scheme:dark){:root:root:not([data-theme=light],[data-theme=dark]){" + dark + "}}";
  }

  function icon() {
    if (look.logo) return look.logo;
    var colour = look.accents && declared(look.accents.light) ? look.accents.light.accent : "";
    return colour || marked ? "data:image/svg+xml," + encodeURIComponent(drawing.replace(green, colour || green)) : own;
  }

  function show(address) {
    if (link.getAttribute("href") === address) return;
    link.removeAttribute("type");
    link.href = address;
  }

  /* The icon, with a dot at its foot while there is something to see. */
  function drawIcon() {
    if (!link) return;
    if (!marked) return show(icon());
    var picture = new Image();
    picture.onload = function () {
      var canvas = document.createElement("canvas");
      var pen = canvas.getContext && canvas.getContext("2d");
      if (!marked || !pen) return;
      canvas.width = canvas.height = 64;
      var scale = 64 / Math.max(picture.width, picture.height);
      var width = picture.width * scale;
      var height = picture.height * scale;
      pen.drawImage(picture, (64 - width) / 2, (64 - height) / 2, width, height);
      pen.beginPath();
      pen.arc(47, 47, 15, 0, 2 * Math.PI);
      pen.fillStyle = "#B23A2C";
      pen.fill();
      pen.lineWidth = 4;
      pen.strokeStyle = "#FFFFFF";
      pen.stroke();
      show(canvas.toDataURL("image/png"));
    };
    picture.src = icon();
  }

  function mark(on) {
    marked = on;
    drawIcon();
  }

  /* What the server shows of itself, as JSON. It is kept, so that the next page begins with it. */
  function dress(text) {
    try {
      look = JSON.parse(text) || {};
    } catch (broken) {
      return;
    }
    /* Only an address of our own. */
    if (!/^\/api\/settings\/logo\?v=[0-9a-f]+$/.test(look.logo || "")) look.logo = "";
    wear(look.accents);
    drawIcon();
    if (look.name && document.title === "AIChat") document.title = look.name;
    if (stored("aichat.look") !== text) keep("aichat.look", text);
  }

  function keep(key, value) {
    try {
      window.localStorage.setItem(key, value);
    } catch (refused) { /* Then the next page begins without it. */ }
  }

  /* How large everything is, in percent. */
  function size() {
    var scale = stored("aichat.scale");
    root.style.fontSize = /^(110|125|150)$/.test(scale || "") ? scale + "%" : "";
  }

  function paint() {
    var theme = stored("aichat.theme");
    var language = stored("aichat.language") || navigator.language || "";
    root.setAttribute("data-theme", theme === "light" || theme === "dark" ? theme : "system");
    root.setAttribute("lang", /^zh/i.test(language) ? "zh-Hans" : "en");
  }

  function paragraph(language, text, detail) {
    var element = document.createElement("p");
    element.setAttribute("lang", language);
    element.style.margin = "0 0 12px";
    if (look.name) text = text.split("AIChat").join(look.name);
    element.appendChild(document.createTextNode(text + (detail ? " (" + detail + ")" : "")));
    return element;
  }

  function say(which, detail) {
    if (final) return;
    final = which !== "slow";
    if (!document.body) {
      final = false;
      document.addEventListener("DOMContentLoaded", function () { say(which, detail); });
      return;
    }
    hush();
    note = document.createElement("div");
    note.id = "boot-note";
    note.setAttribute("role", "alert");
    /* While the sign-in form stands, a word about patience belongs into it, and above the frame of the chat; one about
       the end stands alone. */
    var door = final ? null : document.getElementById("boot-door");
    if (final) note.setAttribute("data-final", "");
    note.style.cssText = "max-width:560px;margin:" + (door ? "0 auto" : "15vh auto 0;padding:0 24px") + ";font:16px/28px system-ui,sans-serif";
    if (!final && document.getElementById("boot-frame")) note.style.cssText += ";position:fixed;z-index:2;inset:0 0 auto;pointer-events:none";
    var chinese = paragraph("zh-Hans", words[which][1], detail);
    var english = paragraph("en", words[which][0], detail);
    var first = root.getAttribute("lang") === "zh-Hans" ? [chinese, english] : [english, chinese];
    note.appendChild(first[0]);
    note.appendChild(first[1]);
    (door || document.body).appendChild(note);
  }

  function hush() {
    if (note && note.parentNode) note.parentNode.removeChild(note);
    note = null;
  }

  /* What Chrome 111, Safari 16.4 and Firefox 128 have in common and their elders lack. */
  function current() {
    var css = window.CSS && window.CSS.supports;
    return "noModule" in document.createElement("script") && typeof WebAssembly === "object" &&
      typeof Array.prototype.findLast === "function" && css && window.CSS.supports("selector(:has(a))") &&
      window.CSS.supports("color", "color-mix(in oklch, red, blue)");
  }

  /* Who is expected at the door gets the form before the program is here: see door.js. Whoever is signed in gets the frame
     of the chat: see frame.js. */
  function ask() {
    var path = window.location.pathname.replace(/\/$/, "");
    var atTheDoor = path === "" || path === "/auth" || path === "/auth/login";
    if (!atTheDoor || stored("aichat.signed-in") !== null || !window.fetch) return null;
    return window.fetch("/api/bootstrap").then(function (response) {
      return response.ok ? response.json() : null;
    }).then(function (answer) {
      if (answer && answer.branding) dress(JSON.stringify(answer.branding));
      return answer;
    })["catch"](function () {
      return null;
    });
  }

  /* Script and program, and the part of it that draws what is at this address: see src/program.rs. */
  function named(name) {
    var found = document.querySelectorAll("meta[name=" + name + "]");
    var addresses = [];
    for (var index = 0; index < found.length; index += 1) addresses.push(found[index].content);
    return addresses;
  }

  /* The program is fetched at once, but at the door only behind the form. */
  function fetchEarly(parts) {
    for (var index = 0; index < parts.length; index += 1) {
      var link = document.createElement("link");
      var wasm = /wasm$/.test(parts[index]);
      link.rel = wasm ? "preload" : "modulepreload";
      link.href = parts[index];
      if (wasm) {
        link.as = "fetch";
        link.type = "application/wasm";
        link.crossOrigin = "anonymous";
      }
      document.head.appendChild(link);
    }
  }

  paint();
  size();
  dress(stored("aichat.look") || "{}");
  if (window.addEventListener) {
    window.addEventListener("storage", function (event) {
      if (event.key === "aichat.look") dress(event.newValue || "{}");
      if (event.key === "aichat.scale") size();
    });
  }
  var door = ask();
  var program = named("program");
  var fits = current();
  if (!door && fits) {
    var part = /^\/(settings|c)(\/|$)/.exec(window.location.pathname);
    fetchEarly(program.concat(part ? named(part[1] === "c" ? "thread" : part[1]) : []));
  }
  var waiting = window.setTimeout(function () { say("slow"); }, 15000);
  window.aichatBoot = {
    current: fits,
    door: door,
    program: program,
    stored: stored,
    look: function () { return look; },
    dress: dress,
    mark: mark,
    size: size,
    started: function () {
      window.clearTimeout(waiting);
      final = true;
      hush();
    },
    failed: function (reason) {
      window.clearTimeout(waiting);
      say("failed", reason ? String(reason.message || reason) : "");
    }
  };
  if (!window.aichatBoot.current) {
    window.clearTimeout(waiting);
    say("old");
  }
})();
