/* Runs before the first paint, in every browser ever made, so it is written in old JavaScript.
   It puts language and colours on the page and says so when the program cannot start. */
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
    /* While the sign-in form stands, a word about patience belongs into it; one about the end stands alone. */
    var door = final ? null : document.getElementById("boot-door");
    if (final) note.setAttribute("data-final", "");
    note.style.cssText = "max-width:560px;margin:" + (door ? "0 auto" : "15vh auto 0;padding:0 24px") + ";font:16px/28px system-ui,sans-serif";
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

  /* Who is expected at the door gets the form before the program is here: see door.js. */
  function ask() {
    var path = window.location.pathname.replace(/\/$/, "");
    var atTheDoor = path === "" || path === "/auth" || path === "/auth/login";
    if (!atTheDoor || stored("aichat.signed-in") !== null || !window.fetch) return null;
    return window.fetch("/api/bootstrap").then(function (response) {
      return response.ok ? response.json() : null;
    })["catch"](function () {
      return null;
    });
  }

  /* The program is fetched at once, but at the door only behind the form. */
  function fetchEarly() {
    var parts = document.querySelectorAll("meta[name=program]");
    for (var index = 0; index < parts.length; index += 1) {
      var link = document.createElement("link");
      var wasm = /wasm$/.test(parts[index].content);
      link.rel = wasm ? "preload" : "modulepreload";
      link.href = parts[index].content;
      if (wasm) {
        link.as = "fetch";
        link.type = "application/wasm";
        link.crossOrigin = "anonymous";
      }
      document.head.appendChild(link);
    }
  }

  paint();
  var door = ask();
  if (!door) fetchEarly();
  var waiting = window.setTimeout(function () { say("slow"); }, 15000);
  window.aichatBoot = {
    current: current(),
    door: door,
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
