// What administrators and people set up through the screen, on a desktop and on a phone, in both languages.
import { after, before, describe, it } from "node:test";
import { launch, registerAdmin, registerUser, startAichat, startMock } from "./support.mjs";
import { allowsOwnConnections, choosesOfMany, edits, keepsTheListOfAFailedRefresh, severalKeys } from "./admin/connections.mjs";
import { changesManyAtOnce, choosesDefaults, correctsWhatIsKnown, hidesAndShows, listsAThousand } from "./admin/models.mjs";
import { setsTheSystem, showsAFace, tellsAboutOneself } from "./admin/own.mjs";
import { signIn } from "./path/door.mjs";
import { Visitor } from "./path/visitor.mjs";

const STORY = [
  ["keeps several keys, of which one is dead", severalKeys],
  ["edits keys and headers, and sends what changed", edits],
  ["hides and shows a model in another tab", hidesAndShows],
  ["gives many models to administrators alone", changesManyAtOnce],
  ["corrects what is known of a model", correctsWhatIsKnown],
  ["chooses the model of new chats", choosesDefaults],
  ["chooses of a thousand models", choosesOfMany],
  ["lists a thousand models", listsAThousand],
  ["keeps the list when a refresh fails", keepsTheListOfAFailedRefresh],
  ["lets people connect models of their own", allowsOwnConnections],
  ["tells models about oneself", tellsAboutOneself],
  ["shows a face", showsAFace],
  ["sets what holds for everybody", setsTheSystem],
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
  describe(`administration, ${look.size}, ${look.language}`, () => {
    const stage = {};
    let server;

    before(async () => {
      [server, stage.mock] = await Promise.all([startAichat(), startMock()]);
      await registerUser(await registerAdmin(server.url), "bob");
      for (const name of ["ada", "bob"]) {
        stage[name] = await Visitor.arrive(browser, server.url, { ...look, reducedMotion: "reduce" });
      }
      await signIn(stage.ada, "ada");
      await signIn(stage.bob, "bob");
    });

    after(async () => {
      await Promise.all([stage.ada?.close(), stage.bob?.close()]);
      await server?.stop();
      await stage.mock?.stop();
    });

    for (const [name, step] of STORY) {
      it(name, async () => {
        await step(stage);
        stage.ada.settle();
        stage.bob.settle();
      });
    }
  });
}
