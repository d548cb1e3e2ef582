// The whole path of a person in a real browser, from an empty data folder on: once by number on a large screen in English,
// once by name on a phone in Chinese. A name without TLS is no secure context: what only those have must not be missed.
import { providing, startAichat } from "./support.mjs";
import * as first from "./path/first.mjs";
import { followsOnlyAtTheEnd } from "./path/follow.mjs";
import * as keys from "./path/keys.mjs";
import * as list from "./path/list.mjs";
import * as outage from "./path/outage.mjs";
import * as own from "./path/own.mjs";
import * as people from "./path/people.mjs";
import * as refused from "./path/refused.mjs";
import { startRelay } from "./path/relay.mjs";
import { story } from "./path/story.mjs";
import * as tabs from "./path/tabs.mjs";
import * as talk from "./path/talk.mjs";
import { Visitor } from "./path/visitor.mjs";

const here = providing();

/// An empty server at the end of a line, a person, the second device of the same person, and somebody else.
async function stage(address, look) {
  const server = await startAichat();
  const line = await startRelay(server.port);
  const arrive = (look) => Visitor.arrive(here.browser, line[address], look);
  const [ada, second, bob] = [await arrive(look), await arrive({ ...look, size: "desktop" }), await arrive(look)];
  const visitors = [ada, second, bob];
  const close = async () => {
    for (const visitor of visitors) await visitor.close();
    await line.stop();
    await server.stop();
  };
  return { server, line, mock: here.mock, visitors, ada, second, bob, close };
}

const CORE = [
  ["the first account sets the server up and finds no model", first.setUp],
  ["the demo answers and says what it is", first.tryDemo],
  ["a model is connected through the wizard, and the demo leaves", first.connectModel],
  ["a model server on this machine is connected with one press", first.findsOllama],
  ["the picker offers the models of the connection", first.chooseModel],
  ["a list of models that did not come is asked for again", first.asksForModelsAgain],
  ["a chat says which model takes the place of its own", first.namesTheReplacement],
  ["a second device signs in", first.secondDevice],
  ["an answer goes on through a reload and on a second device, and ends as it is stored", talk.survivesReload],
  ["an answer goes on through reloads at any moment", talk.survivesReloadsAtAnyMoment],
  ["answers and code are copied to the byte", talk.copies],
  ["stop on one device keeps the text on both", talk.stops],
  ["another answer is another version", talk.answersAgain],
  ["an answer that was cut off is continued", talk.continues],
  ["thoughts fold", talk.foldsThoughts],
  ["a failure is retried in its place", talk.retriesInPlace],
  ["a chat gets another title on both devices", list.renames],
  ["a deleted chat comes back with Undo", list.deletes],
  ["an Undo never overtakes its deletion", list.undoesAtOnce],
  ["a draft survives a reload in its own chat", list.keepsDrafts],
  ["an input method's Enter never sends", keys.respectsInputMethods],
  ["Enter sends on a keyboard", keys.sendsWithEnter],
  ["an input method's Enter chooses no model", keys.searchesWithInputMethods],
  ["who has chosen a model writes on", keys.writesOnAfterChoosing],
  ["a double click on Send does not stop", keys.sendsWithADoubleClick],
];

const OUTAGES = [
  ["the view follows only at the end", followsOnlyAtTheEnd],
  ["an answer is completed after the page was closed", talk.keepsWriting],
  ["an answer is completed while the tab is hidden", outage.endsUnseen],
  ["two tabs refresh a token at once and stay signed in", outage.refreshesTwice],
  ["the network goes away and comes back", outage.goesOffline],
  ["a network that is gone is noticed before its silence", outage.fallsSilent],
  ["what is sent without a network arrives once", outage.sendsLater],
  ["what hangs without a reply is sent again and arrives once", outage.resendsWhatHangs],
  ["a power cut amid an answer", outage.restarts("SIGKILL", "server.crashed")],
  ["an orderly restart amid an answer", outage.restarts("SIGTERM", "server.restarting")],
];

const GLASS = [
  ["a long press offers all actions of earlier answers", talk.offersActionsOnGlass],
  ["Back closes what lies above the chat", list.closesWithBack],
];

const TABS = [
  ["what the server refuses is said and asked for again", refused.isTold],
  ["eight tabs can be used over six connections", tabs.fillsEight],
  ["two tabs keep one draft", tabs.sharesDrafts],
  ["two closed tabs lose neither of their messages", tabs.sendsForBoth],
  ["a chat deleted elsewhere keeps its draft for its return", tabs.keepsForeignDrafts],
  ["nobody is told to be signed out who is not", refused.signsOut],
];

const PEOPLE = [
  ["who is rejected is told so", people.isRejected],
  ["a second person registers and waits", people.waits],
  ["the administrator approves, and the person signs in", people.isApproved],
  ["nobody sees what belongs to others", people.seesNothingOfOthers],
  ["who is disabled is signed out and told why", people.isDisabled],
  ["another language and the way back", own.switchesLanguage],
  ["other colours and the way back", own.switchesColours],
  ["a new password signs out the other device", own.changesThePassword],
  ["signing out leads to the door", own.signsOut],
];

const large = { size: "desktop", theme: "light", language: "en-US" };
// Whoever asks for less motion gets the same path, only sooner.
const small = { size: "phone", theme: "dark", language: "zh-CN", reducedMotion: "reduce" };
story("by number, large, English", () => stage("url", large), [...CORE, ...OUTAGES, ...TABS, ...PEOPLE]);
story("by name, phone, Chinese", () => stage("named", small), [...CORE, ...GLASS, ...OUTAGES, ...TABS, ...PEOPLE]);
