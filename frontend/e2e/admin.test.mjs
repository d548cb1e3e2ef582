// What administrators and people set up through the screen, on a desktop and on a phone, in both languages.
import { after, before } from "node:test";
import { launch, registerAdmin, registerUser, startAichat, startMock } from "./support.mjs";
import { allowsOwnConnections, choosesOfMany, edits, keepsTheListOfAFailedRefresh, severalKeys } from "./admin/connections.mjs";
import {
  changesManyAtOnce, choosesDefaults, choosesModelsOfPrograms, correctsWhatIsKnown, hidesAndShows, listsAThousand, saysHowProgramsAsk,
} from "./admin/models.mjs";
import { setsTheSystem, showsAFace, tellsAboutOneself } from "./admin/own.mjs";
import { people, twice } from "./path/twice.mjs";

const STORY = [
  ["keeps several keys, of which one is dead", severalKeys],
  ["edits keys and headers, and sends what changed", edits],
  ["hides and shows a model in another tab", hidesAndShows],
  ["gives many models to administrators alone", changesManyAtOnce],
  ["corrects what is known of a model", correctsWhatIsKnown],
  ["chooses the model of new chats", choosesDefaults],
  ["chooses the models of programs", choosesModelsOfPrograms],
  ["says how programs ask a model", saysHowProgramsAsk],
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

twice("administration", STORY, async (look) => {
  const [server, mock] = await Promise.all([startAichat(), startMock()]);
  await registerUser(await registerAdmin(server.url), "bob");
  const stage = await people(browser, server.url, look, { ada: true, bob: true });
  const close = async () => {
    await stage.close();
    await server.stop();
    await mock.stop();
  };
  return { ...stage, mock, close };
});
