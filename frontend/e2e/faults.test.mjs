// Every way in which a model can fail, seen through the screen in both languages: the card says what the one table of
// errors says, its details name the request that the API and the log name, and another model answers in the same place.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, launch, registerAdmin, startAichat, startMock } from "./support.mjs";
import { plain } from "./path/chat.mjs";
import { signIn } from "./path/door.mjs";
import { storedAnswer, textOf } from "./path/equal.mjs";
import { Visitor } from "./path/visitor.mjs";
import { sentences } from "./path/words.mjs";

/// Behaviour of the fake model, the code it ends with, and whether some text had arrived.
const FAULTS = [
  ["401", "provider.unauthorized"],
  ["402", "provider.balance"],
  ["403", "provider.forbidden"],
  ["403-region", "provider.region"],
  ["404", "provider.model_not_found"],
  ["429", "provider.rate_limited"],
  ["429-quota", "provider.balance"],
  ["500", "provider.server_error"],
  ["503", "provider.overloaded"],
  ["ctx-openai", "provider.context_length"],
  ["ctx-413", "provider.context_length"],
  ["inspection", "provider.content_filtered"],
  ["html200", "provider.not_a_stream"],
  ["redirect", "provider.redirected"],
  ["cut", "provider.cut", true],
  ["malformed", "provider.malformed", true],
  ["error-in-stream", "provider.server_error", true],
  ["content-filter", "provider.content_filtered", true],
  ["empty", "provider.empty"],
  ["reasoning-only", "provider.reasoning_only"],
];

/// Nothing waits for an animation here.
const still = { reducedMotion: "reduce" };
const LOOKS = [
  { size: "desktop", theme: "dark", language: "en-US", ...still },
  { size: "phone", theme: "light", language: "zh-CN", ...still },
];

let browser;
let mock;
let server;

before(async () => {
  [browser, mock, server] = await Promise.all([launch(), startMock(), startAichat()]);
  await connect(await registerAdmin(server.url), mock, []);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await mock?.stop();
});

/// The labelled lines under Details.
async function details(chat, card) {
  await chat.press(card.locator(".error-more"));
  await card.locator("dt").first().waitFor();
  const [names, values] = await Promise.all([card.locator("dt").allInnerTexts(), card.locator("dd").allInnerTexts()]);
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/// The log has a line with this request and this code.
function isLogged({ requestId, code }) {
  const lines = server.program.output.split("\n");
  return lines.some((line) => line.includes(requestId) && line.includes(code));
}

for (const look of LOOKS) {
  describe(`in ${look.language}, ${look.size}`, () => {
    let visitor;

    before(async () => {
      visitor = await Visitor.arrive(browser, server.url, look);
      await signIn(visitor, "ada");
    });

    after(() => visitor?.close());

    for (const [model, code, hasText] of FAULTS) {
      it(`${model} ends as ${code}`, async () => {
        const { chat, words } = visitor;
        await chat.fresh();
        await chat.choose(model);
        await chat.send(`hello ${model}`);
        const card = chat.errorCard;
        await card.waitFor();
        const answer = await storedAnswer(visitor);
        assert.equal(answer.error.code, code);
        assert.equal(answer.status, "failed");
        const said = sentences(answer.error, look.language);
        const shown = async (part) => (await card.locator(part).count()) ? plain(await card.locator(part).innerText()) : "";
        assert.equal(await shown(".error-message"), said.message.replaceAll("`", ""));
        assert.equal(await shown(".error-hint"), said.hint.replaceAll("`", ""));
        const facts = await details(chat, card);
        assert.equal(facts[words.common.ERROR_CODE], code);
        assert.equal(facts[words.common.REQUEST_ID], answer.error.requestId);
        assert.equal(facts[words.common.PROVIDER_WORDS], answer.error.params?.detail);
        assert.ok(isLogged(answer.error), `no line of the log names ${code} and ${answer.error.requestId}`);
        assert.equal(await chat.text(), plain(textOf(answer)));
        assert.equal(textOf(answer) !== "", Boolean(hasText), "text before the failure");
        await chat.press(chat.button(words.chat.OTHER_MODEL, card));
        await chat.pick("echo");
        await card.waitFor({ state: "detached" });
        await chat.ended();
        assert.equal(await chat.text(), `hello ${model}`);
        visitor.settle();
      });
    }
  });
}
