// `cargo xtask bench web`: what the pages weigh and what a person feels, against the targets. `-- 5 felt` repeats the pages
// five times and measures one part only: `weight`, `felt`, `slow` (the same on a slower machine and line) or `scroll`.
import { feel, feelSlowly } from "./bench/felt.mjs";
import { startLongAnswers } from "./bench/provider.mjs";
import { scroll } from "./bench/scroll.mjs";
import { seed } from "./bench/seed.mjs";
import { weigh } from "./bench/weight.mjs";
import { connect, launch, registerAdmin, startAichat, startMock } from "./support.mjs";

const [runs = "5", part] = process.argv.slice(2);

const [mock, long, server, browser] = await Promise.all([startMock(), startLongAnswers(), startAichat(), launch()]);
try {
  const admin = await registerAdmin(server.url);
  await connect(admin, mock, ["ok", "echo"]);
  await admin.ok("POST", "/api/connections", { name: "Long", baseUrl: long.url, key: "sk-test", models: long.models });
  const wanted = (name) => part === undefined || part === name;
  if (wanted("weight")) await weigh({ browser, server, admin, runs: Number(runs) });
  if (["felt", "slow", "scroll"].some(wanted)) {
    const chats = await seed(server, admin);
    if (wanted("felt")) await feel({ browser, server, admin, models: long.models, ...chats });
    if (wanted("slow")) await feelSlowly({ browser, server, ...chats });
    // At the end: its list of chats is longer than anybody has.
    if (wanted("scroll")) await scroll({ browser, server, admin, ...chats });
  }
} finally {
  await browser.close();
  await server.stop();
  await mock.stop();
  await long.stop();
}
