import { assertEquals } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { FORMATS, movingDisc } from "../testing/video.ts";
import { decodeVideo } from "./decode.ts";
import { writeVideo } from "./encode.ts";

/** The file without the delays of its images, but that of the image `kept`. */
function withoutDelays(bytes: Uint8Array, kept = -1): Uint8Array {
  const rest: number[] = [];
  for (let at = 0, image = 0; at < bytes.length;) {
    const isDelay = bytes[at] === 0x21 && bytes[at + 1] === 0xf9 && bytes[at + 2] === 4;
    if (isDelay && image++ !== kept) at += 8;
    else rest.push(bytes[at++]);
  }
  return Uint8Array.from(rest);
}

Deno.test("images of a GIF without delays are frames of a tenth of a second each", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.gif`;
    // Delays share their extension with transparency, so there is none.
    const format = { ...FORMATS["palette.gif"], encoderOptions: { gifflags: "0" } };
    await writeVideo(movingDisc(5, 64, 48, 20), path, format);
    const [bytes, whole] = [await Deno.readFile(path), await decodeVideo(path)];
    await Deno.writeFile(path, withoutDelays(bytes));
    const plain = await decodeVideo(path);
    assertEquals([plain.fps, plain.times], [10, undefined]);
    assertEquals(plain.frames, whole.frames);
    await Deno.writeFile(path, withoutDelays(bytes, 3));
    const mixed = await decodeVideo(path);
    assertEquals(mixed.times?.map((time) => Math.round(time * 100)), [0, 10, 20, 30, 35]);
    assertEquals(mixed.frames, whole.frames);
  }));
