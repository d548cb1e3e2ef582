// What people set for themselves, and administrators for everybody: words that models are told, a face, titles.
import assert from "node:assert/strict";
import { until } from "../support.mjs";

/// The smallest picture there is.
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/// Words about oneself are stored when asked to, and stay.
export async function tellsAboutOneself({ bob }) {
  const { chat, page, words } = bob;
  await page.goto("/settings/profile");
  await page.locator("#about-field").fill("I write Rust. 请用中文回答。\nMy name is {{user}}.");
  await chat.press(chat.button(words.common.SAVE, page.locator("#about")));
  await page.locator("#about").getByText(words.common.SAVED, { exact: true }).waitFor();
  await page.reload();
  await until("the words are there", async () => /请用中文回答/.test(await page.locator("#about-field").inputValue()));
  await page.locator("#about-field").fill("");
  await chat.press(chat.button(words.common.SAVE, page.locator("#about")));
  await until("nothing is told", async () => !(await bob.api("/api/auth/me")).about);
}

/// A face in place of the initial, and back.
export async function showsAFace({ bob }) {
  const { chat, page, words } = bob;
  await page.goto("/settings/profile");
  const file = { name: "face.png", mimeType: "image/png", buffer: Buffer.from(PICTURE, "base64") };
  await page.locator("#avatar input[type=file]").setInputFiles(file);
  const face = page.locator("#avatar img.face");
  await face.waitFor();
  await until("the picture is drawn", () => face.evaluate((picture) => picture.complete && picture.naturalWidth > 0));
  await chat.press(chat.button(words.settings.AVATAR_REMOVE, page.locator("#avatar")));
  await page.locator("#avatar span.face", { hasText: /^b$/i }).waitFor();
  bob.allow(/status of 4\d\d/);
  await page.locator("#avatar input[type=file]").setInputFiles({ ...file, buffer: Buffer.from("no picture") });
  await page.locator("#avatar .error-card").waitFor();
}

/// What holds for everybody is stored and locked as the operator says.
export async function setsTheSystem({ ada }) {
  const { chat, page, words } = ada;
  await page.goto("/settings/system");
  await page.locator("#instructions-field").fill("Today is {{date}}.");
  await chat.press(chat.button(words.common.SAVE, page.locator("#instructions")));
  await page.locator("#instructions").getByText(words.common.SAVED, { exact: true }).waitFor();
  await page.locator("#titles-rule").selectOption("off");
  await page.locator("#titles").getByText(words.common.SAVED, { exact: true }).waitFor();
  await page.locator("#titles-rule").selectOption("own");
  await chat.press(page.locator("#titles button").last());
  await chat.pick("ok");
  const setting = async (key) => (await ada.api("/api/settings/system")).items.find((item) => item.key === key).value;
  const ok = (await ada.api("/api/models")).items.find(({ name }) => name === "ok").id;
  await until("the model is stored", async () => (await setting("title_model")) === ok);
  await page.reload();
  await page.locator("#titles button", { hasText: /^ok$/ }).waitFor();
  assert.equal(await setting("system_prompt"), "Today is {{date}}.");
  await page.locator("#public-url code").waitFor();
  for (const [key, value] of [["system_prompt", ""], ["title_model", "auto"]]) {
    await ada.api(`/api/settings/system/${key}`, { method: "PUT", body: { value } });
  }
}
