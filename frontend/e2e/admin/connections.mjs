// What an administrator does with connections: several keys with one dead, headers, a relay of a thousand models, a
// refresh that fails, and what people may connect themselves.
import assert from "node:assert/strict";
import { startMock, until } from "../support.mjs";
import { fill, pattern } from "../path/words.mjs";

/// The row of a connection.
const rowOf = ({ page }, name) => page.locator(".row").filter({ has: page.locator(".row-title", { hasText: name }) });

/// A connection as the API has it.
async function stored({ ada }, name) {
  return (await ada.api("/api/connections")).items.find((connection) => connection.name === name);
}

/// Chooses an action of the menu of a row.
async function act(visitor, name, action) {
  const { chat, page, words } = visitor;
  await chat.press(chat.button(fill(words.connections.ACTIONS, { name })));
  await chat.press(page.getByRole("menuitem", { name: action, exact: true }));
}

/// The form for a server of one's own, with its rarer fields open.
async function openForm(visitor, url) {
  const { chat, page, words } = visitor;
  await page.goto("/settings/connections?new=1");
  await chat.press(page.locator("a.vendor").filter({ hasText: words.connections.OTHER_NOTE }));
  await page.locator("#connect-url").fill(url);
  await chat.press(chat.button(words.connections.ADVANCED));
  await page.locator("#connect-protocol").waitFor();
}

/// A field of the form by its label, in the row of that number.
const part = ({ page }, list, row, label) => page.locator("fieldset.parts").nth(list).locator(".part").nth(row).getByLabel(label, { exact: true });

/// Two keys, one of them dead: the check says which, and both are saved with a header.
export async function severalKeys(stage) {
  const { ada, mock } = stage;
  const { chat, page, words } = ada;
  const { connections: text } = words;
  await openForm(ada, mock.url);
  await chat.press(chat.button(text.KEY_ADD));
  await part(ada, 0, 0, text.KEY_LABEL).fill("Old");
  await part(ada, 0, 0, text.KEY).fill("sk-first-dead");
  await part(ada, 0, 1, text.KEY_LABEL).fill("New");
  await part(ada, 0, 1, text.KEY).fill("sk-second-alive");
  await chat.press(chat.button(text.HEADER_ADD));
  await part(ada, 1, 0, text.HEADER_NAME).fill("x-team");
  await part(ada, 1, 0, text.HEADER_VALUE).fill("blue");
  await page.locator("#connect-name").fill("Two keys");
  await chat.press(chat.button(text.CHECK));
  const old = page.locator(".step").filter({ hasText: "Old" });
  await old.locator(".error-card").waitFor();
  const alive = page.locator(".step:not(.step-bad)").filter({ hasText: "New" });
  await alive.waitFor();
  await chat.press(chat.button(text.SAVE));
  const row = rowOf(ada, "Two keys");
  await row.locator("li", { hasText: "New" }).waitFor();
  const connection = await stored(stage, "Two keys");
  assert.deepEqual(connection.keys.map(({ label }) => label), ["Old", "New"]);
  assert.deepEqual(connection.headers, ["x-team"]);
  const { items } = await ada.api("/api/connections");
  assert.ok(!JSON.stringify(items).match(/sk-|blue/), "a secret came back");
}

/// The living key moves up, the dead one is replaced, the header leaves: what was not touched stays.
export async function edits(stage) {
  const { ada } = stage;
  const { chat, page, words } = ada;
  const { connections: text } = words;
  await page.goto("/settings/connections");
  await act(ada, "Two keys", text.EDIT);
  await page.waitForURL("**/settings/connections?edit=*");
  const before = await stored(stage, "Two keys");
  await chat.press(chat.button(text.KEY_ACTIONS, page.locator(".part").nth(1)));
  await chat.press(page.getByRole("menuitem", { name: text.MOVE_UP, exact: true }));
  await until("the keys changed places", async () => (await part(ada, 0, 0, text.KEY_LABEL).inputValue()) === "New");
  await part(ada, 0, 1, text.KEY).fill("sk-replaced");
  await page.locator("#connect-name").fill("Two good keys");
  await chat.press(chat.button(text.ADVANCED));
  await chat.press(chat.button(text.REMOVE, page.locator("fieldset.parts").nth(1)));
  await page.locator("#connect-idle").fill("2");
  await chat.press(chat.button(words.common.SAVE));
  await page.getByText(text.SECONDS_RULE, { exact: true }).waitFor();
  await page.locator("#connect-idle").fill("90");
  await chat.press(chat.button(words.common.SAVE));
  await rowOf(ada, "Two good keys").waitFor();
  const after = await stored(stage, "Two good keys");
  assert.deepEqual(after.keys.map(({ id }) => id), [before.keys[1].id, before.keys[0].id]);
  assert.deepEqual([after.headers ?? [], after.timeouts.idleSeconds], [[], 90]);
  await act(ada, "Two good keys", text.VERIFY);
  await page.locator(".step").filter({ hasText: "Old" }).waitFor();
  assert.equal(await page.locator(".step-bad").count(), 0, await page.locator(".steps").innerText());
}

/// A relay has a thousand models: some of them are found by typing and chosen, the rest waits.
export async function choosesOfMany(stage) {
  const { ada, mock } = stage;
  const { chat, page, words } = ada;
  const { connections: text } = words;
  await openForm(ada, mock.url);
  await page.locator("#connect-key").fill("sk-relay-1");
  await page.locator("#connect-name").fill("Relay");
  await page.locator("#connect-prefix").fill("r");
  await chat.press(chat.button(text.CHECK));
  await page.locator(".model-choice").waitFor();
  await chat.press(page.locator("#which-models-some"));
  await page.locator(".model-choice").getByRole("searchbox").fill("echo");
  await chat.press(chat.button(text.CHOOSE_ALL));
  await page.locator(".model-choice input:checked").first().waitFor();
  const chosen = await page.locator(".model-list input:checked").count();
  await chat.press(chat.button(text.SAVE));
  await rowOf(ada, "Relay").waitFor();
  const connection = await stored(stage, "Relay");
  assert.equal(connection.list.shown, chosen);
  assert.ok(connection.list.count >= 1000, `${connection.list.count} models`);
  await rowOf(ada, "Relay").getByText(pattern(text.SHOWN_OF)).or(rowOf(ada, "Relay").locator(".row-note").nth(1)).first().waitFor();
}

/// A provider that is gone: the list stays, with its age and the reason, also after a reload.
export async function keepsTheListOfAFailedRefresh(stage) {
  const { ada } = stage;
  const { page, words } = ada;
  const brief = await startMock();
  await ada.api("/api/connections", { method: "POST", body: { name: "Brief", baseUrl: brief.url, key: "sk-brief" } });
  const { list } = await stored(stage, "Brief");
  await brief.stop();
  ada.allow(/status of 50\d/);
  await page.goto("/settings/connections");
  await act(ada, "Brief", words.connections.REFRESH);
  const row = rowOf(ada, "Brief");
  await row.locator(".row-trouble").waitFor();
  await page.reload();
  const trouble = await row.locator(".row-trouble").innerText();
  assert.match(trouble, /127\.0\.0\.1/, "it does not say who did not answer");
  assert.equal((await stored(stage, "Brief")).list.count, list.count);
  await ada.api(`/api/connections/${(await stored(stage, "Brief")).id}`, { method: "DELETE" });
}

/// People connect models of their own where they may, and never servers beside this one.
export async function allowsOwnConnections(stage) {
  const { ada, bob, mock } = stage;
  await bob.page.goto("/settings/profile");
  const link = bob.page.locator('a.settings-link[href="/settings/my-connections"]');
  await bob.page.locator("#about").waitFor();
  assert.equal(await link.count(), 0);
  await ada.page.goto("/settings/system");
  await ada.chat.press(ada.page.getByRole("switch", { name: ada.words.fields.PERSONAL_CONNECTIONS, exact: true }));
  await link.waitFor({ state: "attached" });
  await bob.page.goto("/settings/my-connections?new=other");
  await bob.page.locator("#connect-url").fill(mock.url);
  await bob.chat.press(bob.chat.button(bob.words.connections.CHECK));
  await bob.page.locator(".error-card").first().waitFor();
  // The open page asks once more before it hears that it is gone, and that is refused, sometimes after all the rest.
  bob.allow(/status of 403/);
  const asked = underWay(bob.page, "/api/my/connections");
  await ada.chat.press(ada.page.getByRole("switch", { name: ada.words.fields.PERSONAL_CONNECTIONS, exact: true }));
  await link.waitFor({ state: "detached" });
  await bob.page.locator("#connect-url").waitFor({ state: "detached" });
  await until("what was asked is answered", () => asked.size === 0);
}

/// The requests of a page to a path that are not answered yet.
function underWay(page, path) {
  const requests = new Set();
  page.on("request", (request) => new URL(request.url()).pathname === path && requests.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => requests.delete(request));
  return requests;
}
