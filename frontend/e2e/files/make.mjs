// Files as people have them, made on the spot: pictures of any size, notes, and what no model can read.
import { deflateSync } from "node:zlib";
import { until } from "../support.mjs";

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(checksum(body), body.length + 4);
  return out;
}

function checksum(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/// A picture in one colour that differs with `shade`, as a file of the browser's.
export function png(name, { width = 320, height = 240, shade = 0 } = {}) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + width * 3, shade);
  row[0] = 0;
  const pixels = deflateSync(Buffer.concat(Array(height).fill(row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const buffer = Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
  return { name, mimeType: "image/png", buffer };
}

/// A document with this text.
export const notes = (name, text) => ({ name, mimeType: "text/markdown", buffer: Buffer.from(text) });

/// Bytes that are no document: a program's first ones.
export const program = (name) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(4096)]) });

/// Makes the files in the page, as a paste or a drop brings them.
async function transfer(page, files) {
  const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  return page.evaluateHandle((plain) => {
    const data = new DataTransfer();
    for (const { name, mimeType, base64 } of plain) {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: mimeType }));
    }
    return data;
  }, plain);
}

/// Chooses files as the button's own dialog does.
export async function pick(visitor, files) {
  const { chat, page, words } = visitor;
  const chooser = page.waitForEvent("filechooser");
  await chat.press(chat.button(words.chat.ATTACH));
  await (await chooser).setFiles(files);
}

/// Pastes files into the text box.
export async function paste(visitor, files) {
  const data = await transfer(visitor.page, files);
  await visitor.chat.box.evaluate((box, data) => {
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, data);
}

/// Drags files over the page; the result lets them go there.
export async function dragOver(visitor, files) {
  const data = await transfer(visitor.page, files);
  const fire = (type) => visitor.page.locator(".thread, .welcome").first().dispatchEvent(type, { dataTransfer: data });
  await fire("dragover");
  return () => fire("drop");
}

/// The files beside the text.
export const attached = (visitor, name) => {
  const all = visitor.page.locator(".attached");
  return name ? all.filter({ has: visitor.page.locator(".attached-name", { hasText: name }) }) : all;
};

/// Waits until a file is with the server: its tokens are known then.
export async function arrived(visitor, name) {
  await attached(visitor, name).locator(".attached-about", { hasText: /token/ }).waitFor();
}

/// Whether a picture was really drawn, and how large. A message that was just sent may be drawn anew meanwhile: then its
/// picture is another element.
export const drawn = (image) =>
  until("the picture is drawn", () =>
    image.evaluate(async (image) => {
      await image.decode();
      const { width, height } = image.getBoundingClientRect();
      const size = { natural: [image.naturalWidth, image.naturalHeight], shown: [Math.round(width), Math.round(height)] };
      return image.isConnected && size;
    }));
