// Starts the services of a rendered compose file, in their order, on a network of their own: the suite itself runs in a
// network namespace that holds nothing but loopback, where every service's name leads to 127.0.0.1. Ports are published
// by passing connections on, so that a test uses the addresses that an operator would use.
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { temporaryFolder } from "../../../frontend/e2e/support/programs.mjs";
import { startOrder } from "./compose.mjs";
import { Container } from "./container.mjs";

export class Stack {
  /// `images` says which assembled image stands for an image name.
  constructor(file, images) {
    this.file = file;
    this.images = images;
  }

  async start() {
    this.scratch ??= await temporaryFolder("stack");
    const { services } = this.file;
    const names = Object.fromEntries(Object.values(services).flatMap(({ names }) => names.map((name) => [name, "127.0.0.1"])));
    this.containers = new Map();
    this.published = [];
    for (const name of startOrder(services)) {
      const service = services[name];
      for (const { service: other, condition } of service.needs) {
        if (condition === "service_healthy") await this.containers.get(other).healthy();
      }
      const container = new Container(service, this.images(service.image), this.scratch.folder, names);
      this.containers.set(name, container);
      await container.start();
      for (const port of service.ports) if (port.protocol === "tcp") this.published.push(await publish(port));
    }
    for (const container of this.containers.values()) await container.healthy();
  }

  /// Ends all, the last first: `{name: {code, signal}}`. The volumes stay.
  async stop() {
    const ends = {};
    for (const [name, container] of [...this.containers].reverse()) ends[name] = await container.stop();
    for (const server of this.published) server.close();
    return ends;
  }

  async remove() {
    for (const container of this.containers?.values() ?? []) container.program?.child.kill("SIGKILL");
    for (const server of this.published ?? []) server.close();
    await this.scratch?.remove();
  }
}

async function publish({ published, target }) {
  if (published === target) return { close() {} };
  const server = createServer((incoming) => {
    const outgoing = connect(target, "127.0.0.1");
    const end = () => incoming.destroy() && outgoing.destroy();
    incoming.on("error", end).on("close", end);
    outgoing.on("error", end).on("close", end);
    incoming.pipe(outgoing).pipe(incoming);
  });
  server.listen(published, "127.0.0.1");
  await once(server, "listening");
  return server;
}
