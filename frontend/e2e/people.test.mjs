// People, as an administrator looks after them and as they look after their own logins: on a desktop and on a phone, in both
// languages.
import { after, before, describe, it } from "node:test";
import { launch, registerAdmin, startAichat } from "./support.mjs";
import * as people from "./admin/people.mjs";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";

const STORY = [
  ["adds a person, whose password is shown once", people.addsAPerson],
  ["asks for a password of one's own before anything else", people.replacesAGivenPassword],
  ["lists the devices where one is signed in, and ends logins", people.endsLogins],
  ["shows an administrator a person's keys, and revokes one", people.revokesAKey],
  ["resets a password and signs the person out at once", people.resetsAPassword],
  ["signs a person out everywhere", people.signsOut],
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

for (const look of [
  { size: "desktop", language: "en-US", theme: "light" },
  { size: "phone", language: "zh-CN", theme: "dark" },
]) {
  describe(`people, ${look.size}, ${look.language}`, () => {
    const stage = {};

    before(async () => {
      stage.server = await startAichat();
      await registerAdmin(stage.server.url);
      for (const name of ["ada", "carol"]) {
        stage[name] = await Visitor.arrive(browser, stage.server.url, { ...look, reducedMotion: "reduce" });
      }
      await signIn(stage.ada, "ada");
    });

    after(async () => {
      await Promise.all([stage.ada?.close(), stage.carol?.close()]);
      await stage.server?.stop();
    });

    for (const [name, step] of STORY) {
      it(name, async () => {
        await step(stage);
        stage.ada.settle();
        stage.carol.settle();
      });
    }
  });
}
