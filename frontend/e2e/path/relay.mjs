// The line between a browser and the server, which can be cut. Taking a browser offline by its own switch leaves streams
// that are open alone; a line that is cut does not.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Transform } from "node:stream";
import { freePort } from "../support.mjs";

/// A line to `port`. `cut()` ends every connection and takes no new one; `mend()` takes them again. Between `swallow(true)`
/// and `swallow(false)` a connection on which something is sent goes silent for ever, and stays open.
export async function startRelay(port) {
  const open = new Set();
  let swallows = false;
  let silenced = 0;
  const valve = () => {
    let silent = false;
    return new Transform({
      transform(bytes, _, done) {
        if (swallows && !silent && bytes.includes("POST /api/chat")) silenced += 1;
        silent ||= swallows;
        done(null, silent ? null : bytes);
      },
    });
  };
  const keep = (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    keep(near);
    keep(far);
    near.pipe(valve()).pipe(far).once("close", () => near.destroy());
    far.pipe(near).once("close", () => far.destroy());
  });
  const own = await freePort();
  const mend = async () => {
    server.listen(own, "127.0.0.1");
    await once(server, "listening");
  };
  await mend();
  const cut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${own}`,
    named: `http://aichat.test:${own}`,
    cut,
    mend,
    swallow: (wanted) => (swallows = wanted),
    /// How many connections went silent with a message so far.
    silenced: () => silenced,
    stop: () => (server.listening ? cut() : undefined),
  };
}
