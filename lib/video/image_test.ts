import sharp from "sharp";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { movingDisc } from "../testing/video.ts";
import { contactSheet, toPng } from "./image.ts";

const { width, height, frames } = movingDisc(3, 61, 47);

async function pixels(file: Uint8Array) {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  assertEquals(info.channels, 3);
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

Deno.test("a PNG holds exactly the frame's bytes", async () => {
  const back = await pixels(await toPng(frames[0], width, height));
  assertEquals(back, { data: frames[0], width, height });
});

Deno.test("a contact sheet shows each frame in its place", async () => {
  const sheet = await pixels(
    await contactSheet({ width, height, frames }, { gap: 5, quality: 95 }),
  );
  assertEquals([sheet.width, sheet.height], [3 * width + 2 * 5, height]);
  for (const [i, frame] of frames.entries()) {
    const [x, y] = [30, 20];
    for (const channel of [0, 1, 2]) {
      const shown = sheet.data[(y * sheet.width + i * (width + 5) + x) * 3 + channel];
      assertNear(shown, frame[(y * width + x) * 3 + channel], 8, `frame ${i}`);
    }
  }
  const small = await pixels(await contactSheet({ width, height, frames }, { height: 20 }));
  assertEquals(small.height, 20);
});

Deno.test("sheets of very wide, very tall and one-pixel frames fit into a JPEG, in their own shape", async () => {
  for (const [wide, high] of [[4112, 64], [64, 4112], [9000, 1], [1, 9000], [1, 1]]) {
    const black = new Uint8Array(wide * high * 3);
    const sheet = await contactSheet(
      { width: wide, height: high, frames: Array(8).fill(black) },
      { height: 160 },
    );
    const found = await sharp(sheet).metadata();
    assertOk(found.width >= 1 && found.width <= 16_384 && found.height >= 1, `${wide}x${high}`);
    // Of a side of some pixels, rounding hides the shape.
    if (Math.min(found.width, found.height) < 9) continue;
    assertNear(found.width / found.height, (8 * wide + 28) / high, 0.02 * 8 * wide / high);
  }
});

Deno.test("frames of the wrong length are refused", async () => {
  await assertInputError(() => toPng(frames[0], 60, 47), `${61 * 47 * 3} bytes`, "60·47·3");
  await assertInputError(() => contactSheet({ width, height, frames: [] }), "no frames");
});
