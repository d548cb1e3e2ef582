// What a page does between two frames, from Chromium's own trace: script, style and layout on the main thread of the page.

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8"];
/// The outermost of these are what is counted; what happens inside them counts once.
const WORK = new Set([
  "FunctionCall", "EvaluateScript", "v8.callFunction", "TimerFire", "FireAnimationFrame", "EventDispatch", "RunMicrotasks",
  "UpdateLayoutTree", "Layout", "IntersectionObserverController::computeIntersections", "MinorGC", "MajorGC", "V8.GC_MC_INCREMENTAL",
]);
const TASKS = new Set(["RunTask", "ThreadControllerImpl::RunTask"]);

/// Length of the union of intervals, in milliseconds; they come sorted by their beginning. Chromium counts microseconds.
function united(intervals) {
  let [sum, until] = [0, -Infinity];
  for (const [start, end] of intervals) {
    sum += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return sum / 1000;
}

/// The main thread of the page that drew: the one that began most frames.
function mainThread(events) {
  const frames = new Map();
  for (const { name, pid, tid } of events) {
    const key = `${pid} ${tid}`;
    if (name === "FireAnimationFrame") frames.set(key, (frames.get(key) ?? 0) + 1);
  }
  const [busiest] = [...frames].sort((a, b) => b[1] - a[1])[0];
  return events.filter(({ pid, tid, ph }) => ph === "X" && `${pid} ${tid}` === busiest).sort((a, b) => a.ts - b.ts);
}

/// Work per frame and the length of every task, in milliseconds, while `story` happens.
export async function traceFrames(browser, page, story) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await story();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const events = mainThread(traceEvents);
  const edges = [...new Set(events.filter(({ name }) => name === "FireAnimationFrame").map(({ ts }) => ts))];
  const work = events.filter(({ name }) => WORK.has(name)).map(({ ts, dur }) => [ts, ts + (dur ?? 0)]);
  // From the end of one frame's callbacks to that of the next: what a token does before its frame belongs to that frame.
  const frames = edges.slice(1).map((edge, index) => united(work.filter(([start]) => start >= edges[index] && start < edge)));
  const tasks = events.filter(({ name }) => TASKS.has(name)).map(({ dur }) => (dur ?? 0) / 1000);
  return { frames, tasks };
}
