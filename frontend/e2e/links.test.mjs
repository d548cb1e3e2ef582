// Every link that somebody can reach leads to a page that is there and shows no error, for an administrator and a member, at
// a desk and on a phone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crawl } from "./path/crawl.mjs";
import { signIn } from "./path/door.mjs";
import { screened } from "./path/screens.mjs";
import { Visitor } from "./path/visitor.mjs";

/// What each of them has to come across, so that a crawl that sees nothing is no success.
const REACHED = {
  ada: ["/?", "/c/…?", "/settings/profile?", "/settings/connections?", "/settings/people?", "/settings/overview?", "/main/logs/live?", "/main/logs/task-trace?", "/settings/usage/all?"],
  bob: ["/?", "/c/…?", "/settings/profile?", "/settings/keys?", "/settings/usage?"],
};
const ADMINISTRATORS = /^\/(settings\/(connections|models|people|overview|budgets|sign-in|system|audit)|main\/logs\/live|start)\b/;

const here = screened();

describe("links", () => {
  for (const [who, where, name, look] of [
    ["an administrator", "at a desk", "ada", { size: "desktop", language: "en-US", theme: "light" }],
    ["an administrator", "on a phone", "ada", { size: "phone", language: "zh-CN", theme: "dark" }],
    ["a member", "at a desk", "bob", { size: "desktop", language: "zh-CN", theme: "dark" }],
    ["a member", "on a phone", "bob", { size: "phone", language: "en-US", theme: "light" }],
  ]) {
    it(`lead ${who} somewhere, ${where}`, async () => {
      const visitor = await Visitor.arrive(here.browser, here.stage.full.url, { ...look, reducedMotion: "reduce" });
      try {
        await signIn(visitor, name);
        // These chats are about an answer that failed.
        const failed = [here.stage.chats.error, here.stage.chats.cut];
        const shapes = await crawl(visitor, ({ pathname }) => !failed.includes(pathname));
        assert.deepEqual(REACHED[name].filter((wanted) => !shapes.has(wanted)), [], `only ${[...shapes]} were found`);
        if (name === "bob") assert.deepEqual([...shapes].filter((shape) => ADMINISTRATORS.test(shape)), []);
      } finally {
        await visitor.close();
      }
    });
  }
});
