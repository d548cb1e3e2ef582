// A suite that is a story: its steps follow each other on the same stage, as they do for a person.
import { after, before, describe, it } from "node:test";

/// Tells a story. `setUp` gives the stage, an object with `visitors` and `close`; each step is `[name, step(stage)]`.
export function story(title, setUp, steps) {
  describe(title, () => {
    let stage;
    let broken;

    before(async () => {
      stage = await setUp();
    });

    after(() => stage?.close());

    for (const [name, step] of steps) {
      it(name, async () => {
        // What follows a step that failed fails for its reason, in one line, so that the first is not lost among them.
        if (broken) throw Object.assign(new Error(`not reached: it needs "${broken}"`), { stack: "" });
        try {
          await step(stage);
          for (const visitor of stage.visitors) visitor.settle();
        } catch (error) {
          broken = name;
          throw await explained(error, stage.visitors);
        }
      });
    }
  });
}

/// The failure with what every browser noticed, and where to look.
async function explained(error, visitors) {
  const lines = [];
  for (const [index, visitor] of visitors.entries()) {
    const name = `failed-${Date.now()}-${index}`;
    await visitor.picture(name).catch(() => {});
    lines.push(`visitor ${index} at ${visitor.page.url()}, see screenshots/${name}.png`, ...visitor.faults());
  }
  const failure = new Error(`${error.message}\n${lines.join("\n")}`);
  failure.stack = `${failure.message}\n${error.stack}`;
  return failure;
}
