// Inside the frame: draws a diagram or an SVG and says how high it is. The frame has no origin and no network; what it is
// given comes from the page around it, and what it says is a size or a sentence.

const place = document.getElementById("place");
const say = (message) => parent.postMessage(message, "*");

let mermaid;
let count = 0;

/// Mermaid measures what it draws, in here: below the drawing it would change the page's height while it works.
const bench = document.getElementById("bench");

/// Mermaid's base theme in the values of the page.
function theme({ tokens, isDark, family }) {
  const token = (name) => tokens[name];
  return {
    darkMode: isDark,
    fontFamily: family,
    fontSize: "14px",
    background: token("code-ground"),
    primaryColor: token("surface"),
    primaryTextColor: token("text"),
    primaryBorderColor: token("control"),
    secondaryColor: token("accent-soft"),
    secondaryTextColor: token("on-accent-soft"),
    tertiaryColor: token("fill"),
    tertiaryTextColor: token("text"),
    lineColor: token("text-2"),
    textColor: token("text"),
    noteBkgColor: token("warning-soft"),
    noteTextColor: token("text"),
    noteBorderColor: token("control"),
    edgeLabelBackground: token("code-ground"),
    clusterBkg: token("fill"),
    clusterBorder: token("line"),
    errorTextColor: token("danger"),
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].flatMap((at) => [[`pie${at}`, token(`series-${at}`)], [`cScale${at - 1}`, token(`series-${at}`)]])),
    pieStrokeColor: token("code-ground"),
    pieOpacity: "1",
    xyChart: { backgroundColor: "transparent", titleColor: token("text"), plotColorPalette: [1, 2, 3, 4, 5, 6].map((at) => token(`series-${at}`)).join(",") },
  };
}

async function diagram({ source, ...look }) {
  mermaid ??= (await import("__MERMAID__/mermaid.esm.min.mjs")).default;
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", suppressErrorRendering: true, theme: "base", themeVariables: theme(look), fontFamily: look.family });
  await mermaid.parse(source);
  const { svg } = await mermaid.render(`diagram-${(count += 1)}`, source, bench);
  place.innerHTML = svg;
}

/// Scripts in it do not run: the page's policy lets none through that is written into it.
function drawing({ source }) {
  place.innerHTML = source;
  if (!place.querySelector("svg")) throw new Error("There is no <svg> in it.");
}

/// A drawing that says how large it is may be smaller than its room, and none is larger.
function fit() {
  const svg = place.querySelector("svg");
  const [, , width, height] = (svg.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (width > 0 && height > 0) {
    svg.style.width = `${width}px`;
    svg.style.maxWidth = "100%";
    svg.style.aspectRatio = `${width} / ${height}`;
    svg.removeAttribute("height");
  }
}

function measure() {
  if (place.querySelector("svg")) say({ type: "drawn", height: document.body.scrollHeight });
}

async function draw(data) {
  document.documentElement.style.colorScheme = data.isDark ? "dark" : "light";
  document.body.style.color = data.tokens.text;
  try {
    await (data.kind === "svg" ? drawing(data) : diagram(data));
    fit();
    measure();
  } catch (error) {
    place.replaceChildren();
    say({ type: "failed", message: String(error?.message ?? error) });
  }
}

/// One after the other: two at once, as when the theme changes twice, would take each other's drawing away.
let last = Promise.resolve();
addEventListener("message", ({ source, data }) => {
  if (source !== parent || parent === window || data?.type !== "draw") return;
  last = last.then(() => draw(data));
});
new ResizeObserver(measure).observe(document.body);
say({ type: "ready" });
