// What blocks of messages are handed out as, and which languages are coloured: the parts of `build` that need no browser.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileName } from "../build/blocks/names.js";
import { csv, markdownTable } from "../build/blocks/text.js";
import { WHOLE, enlarged, moved } from "../build/blocks/zoom.js";

describe("what a block is handed out as", () => {
  it("CSV quotes what has to be quoted and changes nothing", () => {
    const rows = [["a", "b, c", 'say "x"'], ["=1+1", "two\nlines", " edge"], ["", "-5", "中文"]];
    assert.equal(csv(rows), 'a,"b, c","say ""x"""\r\n=1+1,"two\nlines"," edge"\r\n,-5,中文\r\n');
  });

  it("Markdown keeps cells apart and columns where they were", () => {
    assert.equal(markdownTable([["a", "b|c"], ["1\n2", "\\|"]], ["left", "right"]), "| a | b\\|c |\n|---|--:|\n| 1<br>2 | \\| |\n");
  });

  it("code has the name that its language gives it, and never a path", () => {
    const names = [["rust", "code.rs"], ["", "code.txt"], ["C++", "code.cpp"], ["Dockerfile", "Dockerfile"], ["toml", "code.toml"], ["../../x", "code.txt"], ["a.b", "code.txt"]];
    for (const [language, name] of names) assert.equal(fileName(language), name, language);
  });

  it("an enlarged picture keeps what is under the pointer, and stays in sight", () => {
    const size = { width: 400, height: 200 };
    const twice = enlarged(WHOLE, 2, { x: 100, y: 50 }, size);
    assert.deepEqual(twice, { scale: 2, x: -100, y: -50 });
    assert.deepEqual(moved(twice, -1000, 1000, size), { scale: 2, x: -200, y: 100 });
    assert.deepEqual(enlarged(twice, 0.01, { x: 0, y: 0 }, size), { scale: 1, x: 0, y: 0 });
    assert.equal(enlarged(WHOLE, 1000, { x: 0, y: 0 }, size).scale, 8);
  });
});

describe("languages of code", () => {
  const source = readFileSync(new URL("../build/highlight.js", import.meta.url), "utf8");
  const rows = [...source.matchAll(/^ {2}(\w+): (\[[^\]]*\]),$/gm)].map(([, name, aliases]) => [name, JSON.parse(aliases)]);
  const assets = dirname(createRequire(import.meta.url).resolve("@highlightjs/cdn-assets/package.json"));

  it("each has its file, and those that stand inside others do, too", () => {
    assert.ok(rows.length > 90, `${rows.length}`);
    const known = rows.map(([name]) => name);
    const inside = /const INSIDE = \{([\s\S]*?)\};/.exec(source)[1].match(/\w+(?=:)|"\w+"/g).map((word) => word.replaceAll('"', ""));
    for (const name of [...known, ...inside]) {
      assert.ok(known.includes(name), name);
      assert.ok(existsSync(join(assets, "es/languages", `${name}.min.js`)), name);
    }
  });

  it("no word means two of them", () => {
    const words = rows.flatMap(([name, aliases]) => [name, ...aliases]);
    assert.deepEqual(words.filter((word, at) => words.indexOf(word) !== at), []);
  });

  it("each can be loaded and colours", async () => {
    const { default: core } = await import(join(assets, "es/core.min.js"));
    for (const [name] of rows) {
      const { default: language } = await import(join(assets, "es/languages", `${name}.min.js`));
      core.registerLanguage(name, language);
    }
    for (const [name] of rows) assert.equal(typeof core.highlight("x = 1 <b> \"y\" // z", { language: name, ignoreIllegals: true }).value, "string", name);
  });
});
