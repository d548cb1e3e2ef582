// `cargo xtask bench web`: what the pages weigh and what a person feels, against the targets. `-- 5 felt` repeats the pages
// five times and measures one part only: `weight` or `felt`.
import { feel } from "./bench/felt.mjs";
import { startLongAnswers } from "./bench/provider.mjs";
import { seed } from "./bench/seed.mjs";
import { weigh } from "./bench/weight.mjs";
import { connect, launch, registerAdmin, startAichat, startMock } from "./support.mjs";

const [runs = "5", part] = process.argv.slice(2);

const [mock, long, server, browser] = await Promise.all([startMock(), startLongAnswers(), startAichat(), launch()]);
try {
  const admin = await registerAdmin(server.url);
  await connect(admin, mock, ["ok", "echo"]);
  await admin.ok("POST", "/api/connections", { name: "Long", baseUrl: long.url, key: "sk-test", models: long.models });
  if (part !== "felt") await weigh({ browser, server, runs: Number(runs) });
  if (part !== "weight") await feel({ browser, server, admin, models: long.models, ...(await seed(server, admin)) });
} finally {
  await browser.close();
  await server.stop();
  await mock.stop();
  await long.stop();
}
