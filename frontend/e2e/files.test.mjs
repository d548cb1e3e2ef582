// Files, as a person brings them: chosen, pasted, dropped, sent, refused, taken away, found again after a reload.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { modelsApart, serving, until } from "./support.mjs";
import { arrived, attached, dragOver, drawn, notes, paste, pick, png, program } from "./files/make.mjs";
import { signIn } from "./path/door.mjs";
import { letIn } from "./path/let-in.mjs";
import { Visitor } from "./path/visitor.mjs";
import { fill, pattern, sentences } from "./path/words.mjs";

const here = serving(["ok", "inspect", "echo"]);

for (const look of [
  { size: "desktop", theme: "light", language: "en-US" },
  { size: "phone", theme: "dark", language: "zh-CN" },
]) {
  describe(`files, ${look.size}, ${look.language}`, () => {
    let ada;

    letIn(here, look, async (visitor) => {
      ada = visitor;
      await ada.chat.choose("inspect");
    });

    beforeEach(async () => {
      // Where the program does not run: a page of it that is left keeps what was attached once more.
      await ada.page.goto("/api/health");
      await ada.page.evaluate(() => Object.keys(localStorage).filter((key) => /draft|files/.test(key)).forEach((key) => localStorage.removeItem(key)));
      await ada.page.goto("/");
      await ada.page.locator(".welcome").waitFor();
    });

    it("chosen files say what they are and take, and go with the message", async () => {
      const { chat, page } = ada;
      await pick(ada, [png("harbour.png", { width: 640, height: 480 }), notes("plan.md", "# Plan\n\nThe ferry leaves at seven. 渡轮七点出发。")]);
      await arrived(ada, "harbour.png");
      await arrived(ada, "plan.md");
      await chat.send("What is in these?");
      const image = chat.questions.last().locator(".picture img");
      const { natural, shown } = await drawn(image);
      assert.deepEqual(natural, [640, 480]);
      assert.ok(Math.abs(shown[0] / shown[1] - 4 / 3) < 0.02, `drawn as ${shown}`);
      assert.equal(await attached(ada).count(), 0, "the box is empty again");
      await chat.ended();
      await page.reload();
      assert.deepEqual((await drawn(chat.questions.last().locator(".picture img"))).natural, [640, 480]);
      await chat.press(chat.questions.last().locator("button.document"));
      await page.locator(".document-text", { hasText: "The ferry leaves at seven." }).waitFor();
      await chat.press(chat.button(ada.words.common.CLOSE, page.locator("dialog")));
      await page.locator("dialog").waitFor({ state: "detached" });
      // A sheet has an entry of its own in the history, which is taken away a moment later.
      await until("the history is as before", () => page.evaluate(() => history.state !== true));
      ada.settle();
    });

    it("a pasted picture is a message without any text", async () => {
      const { chat } = ada;
      await paste(ada, [png("image.png", { shade: 90 })]);
      await arrived(ada, "image.png");
      await chat.press(chat.sendButton);
      await drawn(chat.questions.last().locator(".picture img"));
      await chat.ended();
      assert.equal(await chat.questions.last().locator(".bubble").count(), 0);
      assert.match(await chat.last.innerText(), /picture: image\/\w+, 320x240/, "the model saw it");
      ada.settle();
    });

    it("pasted office text is text, whatever picture comes along", async () => {
      await ada.chat.box.evaluate((box) => {
        const data = new DataTransfer();
        data.setData("text/plain", "a\tb");
        data.setData("text/html", "<table><tr><td>a</td><td>b</td></tr></table>");
        data.items.add(new File([new Uint8Array(9)], "image.png", { type: "image/png" }));
        box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      });
      assert.equal(await attached(ada).count(), 0);
    });

    it("the whole chat takes what is dropped, and says so", async () => {
      const { page } = ada;
      const drop = await dragOver(ada, [notes("dropped.md", "Dropped.")]);
      await page.locator(".drop-target").waitFor();
      await drop();
      await page.locator(".drop-target").waitFor({ state: "detached" });
      await arrived(ada, "dropped.md");
      ada.settle();
    });

    it("what was attached survives a reload with the draft, and can be taken away by the keyboard", async () => {
      const { chat, page, words } = ada;
      await pick(ada, [png("kept.png", { shade: 30 }), notes("kept.md", "Kept.")]);
      await arrived(ada, "kept.png");
      await arrived(ada, "kept.md");
      await page.reload();
      await drawn(attached(ada, "kept.png").locator("img"));
      await arrived(ada, "kept.md");
      const remove = (name) => chat.button(fill(words.chat.REMOVE_FILE, { name }));
      await remove("kept.png").focus();
      await page.keyboard.press("Enter");
      await attached(ada, "kept.png").waitFor({ state: "detached" });
      await until("the focus is at the next file", () => remove("kept.md").evaluate((button) => button === document.activeElement));
      await page.keyboard.press("Enter");
      await attached(ada).waitFor({ state: "detached" });
      await page.reload();
      await page.locator(".welcome").waitFor();
      assert.equal(await attached(ada).count(), 0);
      ada.settle();
    });

    it("a message waits for its files and says so, and a file that is taken away is not sent", async () => {
      const { chat, page, words } = ada;
      ada.allow(/ERR_FAILED|ERR_ABORTED|net::/);
      const held = [];
      await page.route(/\/api\/files\?/, (route) => held.push(route));
      await pick(ada, [notes("slow.md", "Slow.")]);
      await attached(ada, "slow.md").getByRole("progressbar").waitFor();
      await until("the file is on its way", () => held.length === 1);
      const failed = page.waitForEvent("requestfailed");
      await chat.press(chat.button(fill(words.chat.REMOVE_FILE, { name: "slow.md" })));
      await failed;
      await pick(ada, [notes("soon.md", "Soon.")]);
      await until("the second file is on its way", () => held.length === 2);
      await chat.box.fill("Read this");
      await chat.press(chat.sendButton);
      await page.locator(".composer-reason", { hasText: words.chat.FILES_WAIT }).waitFor();
      assert.equal(await chat.questions.count(), 0);
      await held[1].continue();
      await chat.questions.first().waitFor();
      assert.equal(await chat.questions.first().locator(".document").count(), 1);
      await page.unroute(/\/api\/files\?/);
      await chat.ended();
      ada.settle();
    });

    it("what cannot be read says why in its place, and stands in the way until it is taken away", async () => {
      const { chat, page, words } = ada;
      ada.allow(/status of 415/);
      await pick(ada, [program("tool.bin")]);
      await attached(ada, "tool.bin").getByRole("alert").waitFor();
      await chat.box.fill("Read this");
      await chat.press(chat.sendButton);
      await page.locator(".composer-reason", { hasText: words.chat.FILES_FAILED }).waitFor();
      assert.equal(await chat.questions.count(), 0);
      await chat.press(chat.button(fill(words.chat.REMOVE_FILE, { name: "tool.bin" })));
      await page.locator(".composer-reason").waitFor({ state: "detached" });
      await chat.press(chat.sendButton);
      await chat.questions.first().waitFor();
      await chat.ended();
      ada.settle();
    });

    it("limits are known before a byte is sent", async () => {
      const { page } = ada;
      const sent = [];
      const note = (request) => request.url().includes("/api/files?") && sent.push(request.url());
      page.on("request", note);
      await page.locator("input[type=file]").evaluate((input) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(51 * 1024 * 1024)], "huge.md", { type: "text/markdown" }));
        data.items.add(new File([], "empty.md", { type: "text/markdown" }));
        input.files = data.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
      await attached(ada, "huge.md").getByRole("alert").filter({ hasText: "50 MB" }).waitFor();
      await attached(ada, "empty.md").getByRole("alert").waitFor();
      await pick(ada, Array.from({ length: 25 }, (_, index) => notes(`note-${index}.md`, `Note ${index}.`)));
      await page.locator(".composer-reason", { hasText: "20" }).waitFor();
      await until("eighteen are here", async () => (await attached(ada).locator(".attached-about", { hasText: /token/ }).count()) === 18);
      assert.equal(sent.length, 18);
      page.off("request", note);
      ada.settle();
    });

    it("a connection that breaks leaves Retry beside the file", async () => {
      const { chat, page, words } = ada;
      ada.allow(/ERR_FAILED|net::/);
      await page.route(/\/api\/files\?/, (route) => route.abort(), { times: 1 });
      await pick(ada, [notes("again.md", "Again.")]);
      await attached(ada, "again.md").getByRole("alert").waitFor();
      await chat.press(chat.button(fill(words.chat.RETRY_FILE, { name: "again.md" })));
      await arrived(ada, "again.md");
      ada.settle();
    });

    it("a message that is refused gives its text and its files back", async () => {
      const { chat, page, words } = ada;
      ada.allow(/status of 409/);
      const refusal = { code: "chat.busy", message: "An answer is being written.", requestId: "r" };
      await page.route(/\/api\/chat\/runs$/, (route) => route.fulfill({ status: 409, json: refusal }), { times: 1 });
      await pick(ada, [png("returned.png", { shade: 140 })]);
      await arrived(ada, "returned.png");
      await chat.box.fill("Look at this");
      await chat.press(chat.sendButton);
      await page.locator(".refused .error-card").waitFor();
      assert.equal(await chat.box.inputValue(), "Look at this");
      await arrived(ada, "returned.png");
      await chat.press(chat.button(words.common.RETRY, page.locator(".refused")));
      await chat.questions.locator(".picture img").waitFor();
      assert.equal(await attached(ada).count(), 0);
      await chat.ended();
      ada.settle();
    });

    it("another version of a message keeps its files, and they can be taken away", async () => {
      const { chat, page, words } = ada;
      await pick(ada, [png("first.png", { shade: 60 }), notes("second.md", "Second.")]);
      await arrived(ada, "first.png");
      await arrived(ada, "second.md");
      await chat.send("Both of them");
      await chat.ended();
      await chat.box.fill("A draft that waits");
      const editor = await edit(ada);
      assert.equal(await editor.inputValue(), "Both of them");
      await chat.press(chat.button(fill(words.chat.REMOVE_FILE, { name: "second.md" })));
      await editor.fill("Only the picture");
      await chat.press(chat.button(words.messages.SEND_NEW));
      await chat.questions.filter({ hasText: "Only the picture" }).waitFor();
      await chat.ended();
      assert.equal(await chat.questions.count(), 1);
      assert.deepEqual([await page.locator(".question .picture").count(), await page.locator(".question .document").count()], [1, 0]);
      assert.equal(await chat.box.inputValue(), "A draft that waits");
      await page.reload();
      await chat.questions.filter({ hasText: "Only the picture" }).waitFor();
      await page.locator(".question .versions", { hasText: "2/2" }).waitFor({ state: "attached" });
      ada.settle();
    });

    it("a picture that is gone leaves its place", async () => {
      const { chat, page, words } = ada;
      ada.allow(/status of 404/);
      await pick(ada, [png("gone.png", { shade: 200 })]);
      await arrived(ada, "gone.png");
      await chat.send("Keep it");
      await chat.ended();
      const missing = { code: "file.not_found", message: "There is no such file.", requestId: "r" };
      await page.route(/\/api\/files\/[^/?]+$/, (route) => route.fulfill({ status: 404, json: missing }));
      await page.reload();
      await page.locator(".picture-gone", { hasText: words.chat.PICTURE_GONE }).waitFor();
      await page.unroute(/\/api\/files\/[^/?]+$/);
      ada.settle();
    });

    it("a file of a draft that is gone says so beside its name, and nothing is sent with it", async () => {
      const { chat, page, words } = ada;
      ada.allow(/status of 404/);
      await pick(ada, [notes("kept.md", "Kept."), notes("swept.md", "Swept.")]);
      await arrived(ada, "kept.md");
      await arrived(ada, "swept.md");
      await chat.box.fill("with both");
      const { id } = await until("the draft has both", () => page.evaluate(() => {
        const key = Object.keys(localStorage).find((key) => key.startsWith("aichat.files."));
        const files = JSON.parse(localStorage.getItem(key) ?? "[]");
        return files.length === 2 && files.find(({ name }) => name === "swept.md");
      }));
      await ada.api(`/api/files/${id}`, { method: "DELETE" });
      await page.reload();
      const alert = attached(ada, "swept.md").getByRole("alert");
      await alert.filter({ hasText: sentences({ code: "file.not_found" }, look.language).hint }).waitFor();
      assert.equal(await attached(ada, "kept.md").getByRole("alert").count(), 0);
      await ada.picture(`files-gone-${look.size}-${look.language}`);
      await chat.press(chat.sendButton);
      await page.locator(".composer-reason", { hasText: words.chat.FILES_FAILED }).waitFor();
      assert.equal(await chat.questions.count(), 0);
      await chat.press(chat.button(fill(words.chat.REMOVE_FILE, { name: "swept.md" })));
      await chat.send("with one");
      await chat.ended();
      assert.equal(await chat.questions.last().locator(".document").count(), 1);
      ada.settle();
    });

    it("a model that sees no pictures says so before anything is sent, and another one is a press away", async () => {
      const { chat, page, words } = ada;
      const seeing = await blind(page, "echo");
      await page.reload();
      await chat.choose("echo");
      await pick(ada, [png("unseen.png", { shade: 10 })]);
      const note = page.locator(".composer-note.warning", { hasText: pattern(words.chat.NO_VISION) });
      await note.or(page.locator(".composer-note.warning")).first().waitFor();
      await chat.press(chat.sendButton);
      assert.equal(await chat.questions.count(), 0);
      await chat.press(chat.button(words.chat.NO_VISION_CHOOSE));
      await chat.pick("inspect");
      await page.locator(".composer-note.warning").waitFor({ state: "detached" });
      await arrived(ada, "unseen.png");
      await chat.press(chat.sendButton);
      await chat.questions.first().waitFor();
      await chat.ended();
      await seeing();
      ada.settle();
    });
  });
}

describe("a face", () => {
  it("stands at the foot of the list, first as a letter, then as the picture", async () => {
    const ada = await Visitor.arrive(here.browser, here.server.url, { size: "desktop", language: "en-US" });
    await signIn(ada, "ada");
    const avatar = ada.page.locator(".person .avatar");
    assert.equal((await avatar.innerText()).trim(), "A");
    const { buffer } = png("face.png", { width: 64, height: 64, shade: 120 });
    await ada.page.evaluate(async (base64) => {
      const body = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      await fetch("/api/auth/me/avatar", { method: "PUT", headers: { "x-aichat-request": "1" }, body });
    }, buffer.toString("base64"));
    await drawn(avatar.locator("img"));
    await ada.close();
    ada.settle();
  });
});

/// Opens the last question to be changed, as this device does it.
async function edit({ chat, page, words }) {
  const question = chat.questions.last();
  if (chat.isPhone) {
    const box = await question.locator(".bubble").boundingBox();
    const at = { pointerType: "touch", clientX: box.x + 8, clientY: box.y + 8, bubbles: true };
    await question.locator(".bubble").dispatchEvent("pointerdown", at);
    await page.getByRole("menuitem", { name: words.chat.EDIT, exact: true }).tap();
    // The bubble has made room for the editor.
    await question.dispatchEvent("pointerup", at);
  } else {
    await question.hover();
    await chat.button(words.chat.EDIT, question).click();
  }
  const editor = page.getByLabel(words.messages.EDIT_TEXT, { exact: true });
  await editor.waitFor();
  return editor;
}

/// Lets the list of models say that one of them sees no pictures. Answers what ends that.
async function blind(page, name) {
  const together = await modelsApart(page);
  await page.route(/\/api\/models\?/, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const model = body.items.find((model) => model.name === name);
    model.facts = { ...model.facts, vision: false };
    await route.fulfill({ response: answer, json: body });
  });
  return async () => {
    await page.unroute(/\/api\/models\?/);
    await together();
  };
}
