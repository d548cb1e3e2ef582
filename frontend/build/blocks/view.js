// A picture seen whole, above the page: enlarged by wheel, pinch, keys or a double press; the others of the chat beside it.
import { iconButton, make } from "./node.js";
import { name, say } from "./words.js";
import { WHOLE, enlarged, moved } from "./zoom.js";

const STEP = 1.5;

let open;

/// Opens the picture behind a link, with the others of its chat; fulfilled when it is closed again.
export function view(link) {
  closeView();
  return new Promise((resolve) => (open = new View(link, resolve)));
}

/// Closes what is open.
export const closeView = () => open?.dialog.close();

class View {
  constructor(link, closed) {
    this.link = link;
    this.links = [...(link.closest(".thread") ?? document).querySelectorAll("a.picture")].filter((other) => other.querySelector("img"));
    this.place = Math.max(0, this.links.indexOf(link));
    this.pointers = new Map();
    this.build();
    this.listen(closed);
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.show(0);
    this.stage.focus();
  }

  build() {
    this.image = make("img", { class: "view-image", draggable: "false" });
    this.stage = make("div", { class: "view-stage", tabindex: "-1" }, this.image);
    this.title = make("span", { class: "view-title" });
    this.count = make("span", { class: "view-count", role: "status" });
    this.save = iconButton("download", "DOWNLOAD", null, "a");
    const beside = this.links.length > 1;
    this.previous = iconButton("left", "PREVIOUS", () => this.show(-1));
    this.next = iconButton("right", "NEXT", () => this.show(1));
    const close = iconButton("close", "CLOSE", () => this.dialog.close());
    const zoom = [iconButton("minus", "ZOOM_OUT", () => this.zoom(1 / STEP)), iconButton("plus", "ZOOM_IN", () => this.zoom(STEP))];
    const head = make("header", { class: "view-head" }, this.title, this.count, ...(beside ? [this.previous, this.next] : []), ...zoom, this.save, close);
    this.dialog = name(make("dialog", { class: "view" }, head, this.stage), "PICTURE");
  }

  listen(closed) {
    const { dialog, stage } = this;
    const leave = () => dialog.close();
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => {
      removeEventListener("popstate", leave);
      dialog.remove();
      if (open === this) open = undefined;
      (this.links[this.place]?.isConnected ? this.links[this.place] : this.link).focus();
      closed();
    });
    addEventListener("popstate", leave);
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), this.point(event));
    }, { passive: false });
    stage.addEventListener("dblclick", (event) => (this.at.scale > 1 ? this.put(WHOLE) : this.zoom(STEP * STEP, this.point(event))));
    stage.addEventListener("click", (event) => {
      if (event.target === stage && !this.dragged) dialog.close();
    });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => this.up(event));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowLeft: () => this.show(-1), ArrowRight: () => this.show(1), "+": () => this.zoom(STEP), "=": () => this.zoom(STEP),
      "-": () => this.zoom(1 / STEP), 0: () => this.put(WHOLE),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /// Shows the picture so many places on, as far as there is one.
  show(step) {
    const place = this.place + step;
    if (!this.links[place] && step) return;
    this.place = place;
    const link = this.links[place] ?? this.link;
    const picture = link.querySelector("img");
    const title = picture?.alt ?? "";
    Object.assign(this.image, { src: picture?.src ?? link.href, alt: title });
    this.title.textContent = title;
    this.count.textContent = this.links.length > 1 ? say("PLACE", { place: place + 1, count: this.links.length }) : "";
    this.previous.disabled = place === 0;
    this.next.disabled = place === this.links.length - 1;
    Object.assign(this.save, { href: link.href, download: title || "picture" });
    this.put(WHOLE);
    if (step && !this.dialog.contains(document.activeElement)) this.stage.focus();
  }

  put(at) {
    this.at = at;
    this.image.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
    this.stage.classList.toggle("zoomed", at.scale > 1);
  }

  zoom(factor, point = { x: 0, y: 0 }) {
    this.put(enlarged(this.at, factor, point, this.stage.getBoundingClientRect()));
  }

  /// Where a pointer is, from the middle of the stage.
  point({ clientX, clientY }) {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  down(event) {
    if (!this.pointers.size) this.dragged = false;
    this.pointers.set(event.pointerId, this.point(event));
    this.stage.setPointerCapture(event.pointerId);
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.point(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (other) {
      const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      this.zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      this.dragged = true;
    } else if (this.at.scale > 1) {
      this.put(moved(this.at, now.x - before.x, now.y - before.y, this.stage.getBoundingClientRect()));
      this.dragged ||= Math.hypot(now.x - before.x, now.y - before.y) > 1;
    } else {
      this.swipe ??= before;
    }
  }

  up(event) {
    const now = this.point(event);
    const way = this.swipe && this.pointers.size === 1 ? now.x - this.swipe.x : 0;
    this.pointers.delete(event.pointerId);
    this.swipe = undefined;
    if (event.type === "pointerup" && event.pointerType === "touch" && this.at.scale === 1 && Math.abs(way) > 60) {
      this.dragged = true;
      this.show(way < 0 ? 1 : -1);
    }
  }
}
