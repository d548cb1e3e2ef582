// The whole path of a person in a real browser, from an empty data folder on: once by number on a large screen in English,
// once by name on a phone in Chinese. A name without TLS is no secure context: what only those have must not be missed.
import { after, before } from "node:test";
import { launch, startAichat, startMock } from "./support.mjs";
import * as first from "./path/first.mjs";
import { followsOnlyAtTheEnd } from "./path/follow.mjs";
import * as keys from "./path/keys.mjs";
import * as list from "./path/list.mjs";
import * as outage from "./path/outage.mjs";
import * as people from "./path/people.mjs";
import * as talk from "./path/talk.mjs";
import { story } from "./path/story.mjs";
import { Visitor } from "./path/visitor.mjs";

const PLACES = [
  { title: "by number, large, English", address: "url", look: { size: "desktop", theme: "light", language: "en-US" } },
  { title: "by name, phone, Chinese", address: "named", look: { size: "phone", theme: "dark", language: "zh-CN" } },
];

let browser;
let mock;

before(async () => {
  [browser, mock] = await Promise.all([launch(), startMock()]);
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

/// An empty server, a person, the second device of the same person, and somebody else.
async function stage(address, look) {
  const server = await startAichat();
  const arrive = (look) => Visitor.arrive(browser, server[address], look);
  const [ada, second, bob] = [await arrive(look), await arrive({ ...look, size: "desktop" }), await arrive(look)];
  const visitors = [ada, second, bob];
  const close = async () => {
    for (const visitor of visitors) await visitor.close();
    await server.stop();
  };
  return { server, mock, visitors, ada, second, bob, close };
}

for (const { title, address, look } of PLACES) {
  story(title, () => stage(address, look), [
    ["the first account sets the server up and finds no model", first.setUp],
    ["the demo answers and says what it is", first.tryDemo],
    ["a model is connected through the wizard, and the demo leaves", first.connectModel],
    ["the picker offers the models of the connection", first.chooseModel],
    ["a second device signs in", first.secondDevice],
    ["an answer goes on through a reload and on a second device, and ends as it is stored", talk.survivesReload],
    ["stop on one device keeps the text on both", talk.stops],
    ["another answer is another version", talk.answersAgain],
    ["an answer that was cut off is continued", talk.continues],
    ["thoughts fold", talk.foldsThoughts],
    ["a failure is retried in its place", talk.retriesInPlace],
    ["an answer is completed after the page was closed", talk.keepsWriting],
    ["a chat gets another title on both devices", list.renames],
    ["a deleted chat comes back with Undo", list.deletes],
    ["a draft survives a reload in its own chat", list.keepsDrafts],
    ["an input method's Enter never sends", keys.respectsInputMethods],
    ["Enter sends on a keyboard", keys.sendsWithEnter],
    ["the view follows only at the end", followsOnlyAtTheEnd],
    ["two tabs refresh a token at once and stay signed in", outage.refreshesTwice],
    ["an answer is completed while the tab is hidden", outage.endsUnseen],
    ["the network goes away and comes back", outage.goesOffline],
    ["what is sent without a network arrives once", outage.sendsLater],
    ["a power cut amid an answer", outage.restarts("SIGKILL", "server.crashed")],
    ["an orderly restart amid an answer", outage.restarts("SIGTERM", "server.restarting")],
    ["a second person registers and waits", people.waits],
    ["the administrator approves, and the person signs in", people.isApproved],
    ["nobody sees what belongs to others", people.seesNothingOfOthers],
    ["who is disabled is signed out and told why", people.isDisabled],
  ]);
}
