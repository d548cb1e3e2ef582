// Everything a suite needs, from one place. Suites are `*.test.mjs` beside this file, run by node's own test runner:
// `cargo xtask test --only browser`, or one of them by `node --test frontend/e2e/NAME.test.mjs`.
export * from "./support/api.mjs";
export * from "./support/browser.mjs";
export * from "./support/fill.mjs";
export * from "./support/programs.mjs";
export * from "./support/proxies.mjs";
export * from "./support/servers.mjs";
export * from "./support/serving.mjs";
