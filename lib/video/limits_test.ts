import {
  AV_CODEC_PROP_INTRA_ONLY,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV444P10LE,
} from "node-av/constants";
import type { CodecParameters } from "node-av/lib";
import { assertEquals, assertInputError } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { FORMATS, movingDisc } from "../testing/video.ts";
import { decodeVideo } from "./decode.ts";
import { writeVideo } from "./encode.ts";
import { checkPictures, MAX_PICTURE_BYTES, MAX_PIXELS } from "./limits.ts";
import { sampleFrames } from "./sample.ts";

Deno.test("a GIF of 9000×9000 in a hundred bytes is refused with both numbers", () =>
  inFolder(async (folder) => {
    const path = `${folder}/1.gif`;
    await writeVideo(movingDisc(3), path, FORMATS["palette.gif"]);
    const bytes = await Deno.readFile(path);
    new DataView(bytes.buffer).setUint16(6, 9000, true);
    new DataView(bytes.buffer).setUint16(8, 9000, true);
    await Deno.writeFile(path, bytes);
    for (const read of [decodeVideo, sampleFrames]) {
      await assertInputError(() => read(path), path, "9000×9000", "81.0 million", "4096×4096");
    }
  }));

Deno.test("an mp4 whose tables declare two thousand million frames is refused before they are read", () =>
  inFolder(async (folder) => {
    const path = `${folder}/1.mp4`;
    await writeVideo(movingDisc(3), path, FORMATS["h264.mp4"]);
    const bytes = await Deno.readFile(path);
    const text = new TextDecoder("latin1").decode(bytes);
    const view = new DataView(bytes.buffer);
    const [sizes, times] = [text.indexOf("stsz"), text.indexOf("stts")];
    // A constant size of 1 byte, so that no table of sizes is needed.
    view.setUint32(sizes + 8, 1);
    for (const at of [sizes + 12, times + 12]) view.setUint32(at, 2 ** 31);
    await Deno.writeFile(path, bytes);
    await assertInputError(() => decodeVideo(path), path, "2147483648 frames", "1048576");
  }));

Deno.test("pictures are refused for their pixels and for their bytes, at the limit they are not", async () => {
  const check = (width: number, height: number, format: number, codecProperties = 0) =>
    checkPictures("a.mov", { width, height, format, codecProperties } as CodecParameters);
  assertEquals(MAX_PIXELS, 16_777_216);
  check(4096, 4096, AV_PIX_FMT_YUV420P);
  await assertInputError(() => check(4096, 4097, AV_PIX_FMT_YUV420P), "4096×4097", "16.8 million");
  check(1920, 1080, AV_PIX_FMT_YUV444P10LE);
  await assertInputError(
    () => check(4096, 4096, AV_PIX_FMT_YUV444P10LE),
    "yuv444p10le takes 100.7 MB",
    `${(MAX_PICTURE_BYTES.referring / 1e6).toFixed(1)} MB`,
  );
  // Without references to others, one picture is in memory.
  check(4096, 4096, AV_PIX_FMT_YUV444P10LE, AV_CODEC_PROP_INTRA_ONLY);
});
