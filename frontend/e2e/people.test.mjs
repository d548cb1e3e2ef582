// People, as an administrator looks after them and as they look after their own logins: on a desktop and on a phone, in both
// languages.
import { after, before } from "node:test";
import { launch, registerAdmin, startAichat } from "./support.mjs";
import * as people from "./admin/people.mjs";
import { people as arrive, twice } from "./path/twice.mjs";

const STORY = [
  ["adds a person, whose password is shown once", people.addsAPerson],
  ["asks for a password of one's own before anything else", people.replacesAGivenPassword],
  ["lists the devices where one is signed in, and ends logins", people.endsLogins],
  ["shows an administrator a person's keys, and revokes one", people.revokesAKey],
  ["resets a password and signs the person out at once", people.resetsAPassword],
  ["signs a person out everywhere", people.signsOut],
  ["gives a person another name", people.renames],
  ["tells a disabled person why", people.tellsWhy],
  ["finds people by name and status", people.findsPeople],
];

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

twice("people", STORY, async (look) => {
  const server = await startAichat();
  await registerAdmin(server.url);
  const stage = await arrive(browser, server.url, look, { ada: true, carol: false });
  const close = async () => {
    await stage.close();
    await server.stop();
  };
  return { ...stage, server, close };
});
