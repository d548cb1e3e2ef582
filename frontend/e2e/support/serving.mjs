// What most suites need to stand on: a browser, a fake provider and a server that is connected with it.
import { after, before } from "node:test";
import { connect, registerAdmin } from "./api.mjs";
import { launch } from "./browser.mjs";
import { startAichat, startMock } from "./servers.mjs";

/// Starts them before the first test of a file and ends them after its last one. Answers what will hold `browser`, `mock`,
/// `server` and `admin` while tests run. `prepare` gets the same, and is over before the first test.
export function serving(models, prepare) {
  const here = {};
  before(async () => {
    [here.browser, here.mock, here.server] = await Promise.all([launch(), startMock(), startAichat()]);
    here.admin = await registerAdmin(here.server.url);
    await connect(here.admin, here.mock, models);
    await prepare?.(here);
  });
  after(async () => {
    await here.browser?.close();
    await here.server?.stop();
    await here.mock?.stop();
  });
  return here;
}

/// A browser and a fake provider alone, for suites whose stories start servers of their own.
export function providing() {
  const here = {};
  before(async () => {
    [here.browser, here.mock] = await Promise.all([launch(), startMock()]);
  });
  after(async () => {
    await here.browser?.close();
    await here.mock?.stop();
  });
  return here;
}
