// Where most suites begin: somebody is signed in at a server of `serving`, in a browser of their own.
import { after, before } from "node:test";
import { signIn } from "./door.mjs";
import { Visitor } from "./visitor.mjs";

/// Lets the administrator in before the first test of a block, and out after its last one. `ready` gets the visitor.
export function letIn(here, look, ready) {
  let visitor;
  before(async () => {
    visitor = await Visitor.arrive(here.browser, here.server.url, look);
    await signIn(visitor, "ada");
    await ready(visitor);
  });
  after(() => visitor?.close());
}
