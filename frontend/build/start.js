// Loads the program. build/post.mjs fills in the names of this build.
import { openDoor } from "__DOOR__";

const boot = window.aichatBoot;

// Fetched when the first closed code block is drawn, never before.
let highlighter;
window.aichat = {
  highlight: (code, language) =>
    (highlighter ??= import("__HIGHLIGHT__")).then((module) => module.highlight(code, language)),
};

if (boot.current) {
  try {
    await openDoor(boot.door);
    const { default: init } = await import("__GLUE__");
    await init({ module_or_path: "__WASM__" });
    boot.started();
  } catch (reason) {
    boot.failed(reason);
    throw reason;
  }
}
