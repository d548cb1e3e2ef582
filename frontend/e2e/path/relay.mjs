// The line between a browser and the server, which can be cut. Taking a browser offline by its own switch leaves streams
// that are open alone; a line that is cut does not.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/// A line to `port`. `cut()` ends every connection and takes no new one; `mend()` takes them again.
export async function startRelay(port) {
  const open = new Set();
  const keep = (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    keep(near);
    keep(far);
    near.pipe(far).once("close", () => near.destroy());
    far.pipe(near).once("close", () => far.destroy());
  });
  const listen = async (wanted) => {
    server.listen(wanted, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const own = server.address().port;
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
    mend: () => listen(own),
    stop: () => (server.listening ? cut() : undefined),
  };
}
