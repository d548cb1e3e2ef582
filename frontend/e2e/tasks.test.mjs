// What people do every day takes exactly as many clicks and keys as docs/tasks.md says: never more, and where it takes
// fewer by now the table is behind.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { serving } from "./support.mjs";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";
import { CHATS, OWN } from "./tasks/chats.mjs";
import { Hand } from "./tasks/hand.mjs";
import { MESSAGES } from "./tasks/messages.mjs";
import { MODELS } from "./tasks/stage.mjs";
import { FILE, readTable } from "./tasks/table.mjs";

const DEEDS = { ...CHATS, ...MESSAGES, ...OWN };
const here = serving(MODELS);

describe("everyday tasks", () => {
  const table = readTable();
  let ada;
  let hand;

  before(async () => {
    ada = await Visitor.arrive(here.browser, here.server.url, { size: "desktop", theme: "light", language: "en-US", reducedMotion: "reduce" });
    hand = await Hand.of(ada);
    await signIn(ada, "ada");
  });

  after(() => ada?.close());

  it("are those of the table, thirty at least", () => {
    assert.deepEqual(table.map(({ task }) => task).toSorted(), Object.keys(DEEDS).toSorted());
    assert.ok(table.length >= 30, `only ${table.length} rows of ${FILE} were understood`);
  });

  for (const { task, clicks, keys } of table) {
    it(`${task}: ${clicks} clicks, ${keys} keys`, async () => {
      const putBack = await DEEDS[task]({ ada, hand });
      assert.deepEqual(await hand.counted(), { clicks, keys }, `of ${task}, against ${FILE}`);
      await putBack?.();
      ada.settle();
    });
  }
});
