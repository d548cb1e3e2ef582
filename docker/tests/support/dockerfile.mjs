// Reads a Dockerfile as far as the suite needs it: stages, instructions, and the configuration of the last stage.

/// `[{base, platform, name, instructions: [{keyword, flags, text, line}]}]`, continuation lines joined, comments gone.
export function stagesOf(text) {
  const stages = [];
  for (const { keyword, rest, line } of instructions(text)) {
    const { flags, text } = withoutFlags(rest);
    if (keyword === "FROM") {
      const [base, , name] = text.split(/\s+/);
      stages.push({ base, name: name ?? "", platform: flags.platform, instructions: [], line });
    } else {
      stages.at(-1)?.instructions.push({ keyword, flags, text, line });
    }
  }
  return stages;
}

function instructions(text) {
  const found = [];
  let open = "";
  let start = 0;
  text.split("\n").forEach((raw, index) => {
    if (/^\s*#/.test(raw) || (!open && !raw.trim())) return;
    if (!open) start = index + 1;
    open += raw.replace(/\\\s*$/, " ");
    if (/\\\s*$/.test(raw)) return;
    const [, keyword, rest] = /^\s*(\w+)\s+([\s\S]*)$/.exec(open);
    found.push({ keyword: keyword.toUpperCase(), rest: rest.trim(), line: start });
    open = "";
  });
  return found;
}

function withoutFlags(rest) {
  const flags = {};
  let text = rest;
  for (let match; (match = /^--([\w-]+)(?:=(\S+))?\s+/.exec(text)); text = text.slice(match[0].length)) {
    flags[match[1]] = match[2] ?? "";
  }
  return { flags, text };
}

/// The words of an instruction, quotes taken off.
export function words(text) {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]);
}

/// `NAME=value` pairs of ENV and LABEL.
export function pairs(text) {
  return [...text.matchAll(/([\w.-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)].map(([, name, quoted, plain]) => [name, quoted ?? plain]);
}

/// What an engine would remember of the stage: environment, user, commands.
export function configOf(stage) {
  const config = { env: {}, labels: {}, exposed: [], user: "", workdir: "/", entrypoint: [], cmd: [], stopSignal: "SIGTERM" };
  const set = {
    ENV: (text) => Object.assign(config.env, Object.fromEntries(pairs(text))),
    LABEL: (text) => Object.assign(config.labels, Object.fromEntries(pairs(text))),
    USER: (text) => (config.user = text),
    WORKDIR: (text) => (config.workdir = text),
    EXPOSE: (text) => config.exposed.push(...text.split(/\s+/)),
    STOPSIGNAL: (text) => (config.stopSignal = text),
    ENTRYPOINT: (text) => (config.entrypoint = list(text)),
    CMD: (text) => (config.cmd = list(text)),
    HEALTHCHECK: (text) => (config.healthcheck = list(text.replace(/^CMD\s+/, ""))),
  };
  for (const { keyword, text } of stage.instructions) set[keyword]?.(text);
  return config;
}

/// The exec form. The shell form would need a shell and would keep signals from the program.
function list(text) {
  if (!text.startsWith("[")) throw new Error(`not in exec form: ${text}`);
  return JSON.parse(text);
}
