import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_SPC_YCGCO,
} from "node-av/constants";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { allocateFrame, PixelConverter } from "./pixels.ts";

const WIDTH = 30;
const HEIGHT = 18;

/** YCbCr to RGB as defined in ISO/IEC 23091-2, from the matrix's Kr and Kb. */
function expectedRgb(y: number, cb: number, cr: number, kr: number, kb: number, full: boolean) {
  const luma = full ? y / 255 : (y - 16) / 219;
  const [pb, pr] = [cb, cr].map((c) => (c - 128) / (full ? 255 : 224));
  const red = luma + 2 * (1 - kr) * pr;
  const blue = luma + 2 * (1 - kb) * pb;
  const green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  return [red, green, blue].map((v) => 255 * Math.min(1, Math.max(0, v)));
}

const BT601 = [0.299, 0.114] as const;
const BT709 = [0.2126, 0.0722] as const;
const READINGS = [
  ["BT.601 limited", AV_PIX_FMT_YUV420P, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_MPEG, BT601, false],
  ["BT.709 limited", AV_PIX_FMT_YUV420P, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, BT709, false],
  ["BT.601 full", AV_PIX_FMT_YUV420P, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_JPEG, BT601, true],
  ["BT.709 full", AV_PIX_FMT_YUV420P, AVCOL_SPC_BT709, AVCOL_RANGE_JPEG, BT709, true],
  ["untagged", AV_PIX_FMT_YUV420P, AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED, BT601, false],
  ["yuvj420p", AV_PIX_FMT_YUVJ420P, AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED, BT601, true],
] as const;

for (const [name, format, space, range, [kr, kb], full] of READINGS) {
  Deno.test(`${name} samples convert to the RGB that the standard defines, and back`, async () => {
    for (const [y, cb, cr] of [[128, 128, 128], [60, 128, 128], [120, 100, 160], [200, 140, 110]]) {
      using converter = new PixelConverter();
      using frame = allocateFrame(WIDTH, HEIGHT, format);
      for (const [i, plane] of frame.data!.entries()) plane.fill([y, cb, cr][i]);
      frame.colorSpace = space;
      frame.colorRange = range;
      const rgb = await converter.toRgb(frame);
      const expected = expectedRgb(y, cb, cr, kr, kb, full);
      assertEquals(rgb.length, WIDTH * HEIGHT * 3);
      for (let k = 0; k < rgb.length; k++) {
        assertNear(rgb[k], expected[k % 3], 1.5, `Y ${y} Cb ${cb} Cr ${cr}, channel ${k % 3}`);
      }
      if (range === AVCOL_RANGE_UNSPECIFIED) continue;
      using inverse = new PixelConverter();
      using back = await inverse.fromRgb(rgb, WIDTH, HEIGHT, { format, space, range });
      const samples = back.toBuffer();
      assertEquals(samples.length, WIDTH * HEIGHT * 3 / 2);
      for (const [k, sample] of samples.entries()) {
        const value = k < WIDTH * HEIGHT ? y : k < WIDTH * HEIGHT * 5 / 4 ? cb : cr;
        assertNear(sample, value, 1.5, `sample ${k}`);
      }
    }
  });
}

const LIMITED = {
  format: AV_PIX_FMT_YUV420P,
  space: AVCOL_SPC_SMPTE170M,
  range: AVCOL_RANGE_MPEG,
};

Deno.test("a frame keeps its image even if the array changes meanwhile", async () => {
  // Large enough that the conversion, on another thread, is still running when fill ends.
  const [width, height] = [1280, 720];
  const image = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31) % 251);
  using converter = new PixelConverter();
  using wanted = await converter.fromRgb(image.slice(), width, height, LIMITED);
  for (let k = 0; k < 5; k++) {
    const array = image.slice();
    const pending = converter.fromRgb(array, width, height, LIMITED);
    array.fill(0);
    using found = await pending;
    assertEquals(found.toBuffer().equals(wanted.toBuffer()), true, `conversion ${k}`);
  }
});

Deno.test("padded rows are converted without their padding", async () => {
  for (const [width, height] of [[2, 2], [30, 18], [62, 46], [322, 10]]) {
    const image = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) image.fill(60 + 2 * y, y * width * 3, (y + 1) * width * 3);
    using there = new PixelConverter();
    using frame = await there.fromRgb(image, width, height, LIMITED);
    using andBack = new PixelConverter();
    const back = await andBack.toRgb(frame);
    assertEquals(back.length, image.length);
    for (const [k, value] of image.entries()) assertNear(back[k], value, 2, `byte ${k}`);
  }
});

Deno.test("an image of the wrong length is refused", async () => {
  using converter = new PixelConverter();
  for (const length of [0, 5, 11, 13]) {
    await assertInputError(
      () => converter.fromRgb(new Uint8Array(length), 2, 2, LIMITED),
      `${length} bytes`,
      "2·2·3 = 12",
    );
  }
});

Deno.test("colours that cannot be converted are an error that says which", async () => {
  using frame = allocateFrame(WIDTH, HEIGHT, AV_PIX_FMT_YUV420P);
  frame.colorSpace = AVCOL_SPC_YCGCO;
  using converter = new PixelConverter();
  const error = await converter.toRgb(frame).then(() => null, (error) => error);
  assertOk(/yuv420p, matrix 8 .* re-encode/.test(error?.message), error?.message);
});
