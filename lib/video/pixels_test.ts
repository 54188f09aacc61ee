import { Buffer } from "node:buffer";
import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
} from "node-av/constants";
import { Frame } from "node-av/lib";
import { assertNear } from "../testing.ts";
import { PixelConverter } from "./pixels.ts";

const WIDTH = 30;
const HEIGHT = 18;

/** YCbCr to RGB as ISO/IEC 23091-2 defines it, from the matrix's Kr and Kb. */
function expectedRgb(y: number, cb: number, cr: number, kr: number, kb: number, full: boolean) {
  const luma = full ? y / 255 : (y - 16) / 219;
  const [pb, pr] = [cb, cr].map((c) => (c - 128) / (full ? 255 : 224));
  const red = luma + 2 * (1 - kr) * pr;
  const blue = luma + 2 * (1 - kb) * pb;
  const green = (luma - kr * red - kb * blue) / (1 - kr - kb);
  return [red, green, blue].map((v) => 255 * Math.min(1, Math.max(0, v)));
}

function solid(y: number, cb: number, cr: number): Buffer {
  const [luma, chroma] = [WIDTH * HEIGHT, WIDTH * HEIGHT / 4];
  return Buffer.concat([
    Buffer.alloc(luma, y),
    Buffer.alloc(chroma, cb),
    Buffer.alloc(chroma, cr),
  ]);
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
  Deno.test(`${name} samples become the RGB that the standard defines, and go back`, async () => {
    for (const [y, cb, cr] of [[128, 128, 128], [60, 128, 128], [120, 100, 160], [200, 140, 110]]) {
      using converter = new PixelConverter();
      using frame = Frame.fromVideoBuffer(solid(y, cb, cr), {
        width: WIDTH,
        height: HEIGHT,
        format,
      });
      frame.colorSpace = space;
      frame.colorRange = range;
      const rgb = await converter.toRgb(frame);
      const expected = expectedRgb(y, cb, cr, kr, kb, full);
      assertNear(rgb.length, WIDTH * HEIGHT * 3, 0, "bytes");
      for (const [k, value] of rgb.entries()) {
        assertNear(value, expected[k % 3], 1.5, `Y ${y} Cb ${cb} Cr ${cr}, channel ${k % 3}`);
      }
      if (range === AVCOL_RANGE_UNSPECIFIED) continue;
      using inverse = new PixelConverter();
      using back = await inverse.fromRgb(rgb, WIDTH, HEIGHT, { format, space, range });
      const planes = back.toBuffer();
      for (const [k, value] of [...solid(y, cb, cr)].entries()) {
        assertNear(planes[k], value, 1.5, `sample ${k}`);
      }
    }
  });
}
