/** Clips as cameras, encoders and scissors leave them, compared with the system's ffmpeg. */
import {
  CLIP_KINDS,
  CORNERS,
  cornersOf,
  differencesFromFfmpeg,
  fourCorners,
  hasFfmpeg,
  makeClip,
  writeMatrix,
} from "../testing/clip_kinds.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { sharedData } from "../testing/shared_data.ts";
import { FORMATS, movingDisc } from "../testing/video.ts";
import { decodeFrames, decodeVideo } from "./decode.ts";
import { writeVideo } from "./encode.ts";
import { sampleFrames } from "./sample.ts";
import { orientationOf, turned } from "./upright.ts";

/** One of each fault; all kinds are compared by `deno task bench clips-as-they-are`. */
const IN_THE_SUITE = [
  "h264-interlaced-top.mp4",
  "mpeg2-422-interlaced.mov",
  "dv-ntsc-4-1-1.avi",
  "prores-interlaced.mov",
  "h264-full-range.mp4",
  "h264-bt709.mp4",
  "ffv1-gray-16-bit.mkv",
  "tiff.mov",
  "palette-uneven-delays.gif",
  "variable-rate.mp4",
  "rotated-90.mp4",
  "transposed-across.mp4",
  "rotated-pixels-4-to-3.mp4",
  "pixels-8-to-9.mkv",
  "dropped-frames.avi",
  "encoder-delay-dropped-frames.avi",
  "edit-list-skips.mp4",
  "h264-open-gop-cut.mkv",
  "mpeg2-open-gop-cut.mkv",
];

for (const name of IN_THE_SUITE) {
  Deno.test({
    name: `${name}: frames, size, corners and times equal ffmpeg's`,
    ignore: !hasFfmpeg,
    fn: () =>
      inFolder(async (folder) => {
        const kind = CLIP_KINDS.find((one) => one.name === name)!;
        assertEquals(await differencesFromFfmpeg(await makeClip(kind, folder)), []);
      }),
  });
}

const cases = sharedData("cases/clips");

for (
  const [name, width, height] of [
    ["empty-chunk.avi", 160, 120],
    ["interlaced-tff.mp4", 160, 120],
    ["rotated-90.mp4", 120, 160],
    ["variable-rate.mkv", 160, 120],
  ] as const
) {
  Deno.test({
    name: `${name} has 24 frames of ${width}×${height}`,
    ignore: cases.absent,
    fn: async () => {
      const { total, ...sample } = await sampleFrames(`${cases.path}/${name}`, { whole: true });
      assertEquals([total, sample.width, sample.height], [24, width, height]);
    },
  });
}

Deno.test({
  name: "24 frames over 7.5 s are not 3 s long, and are shown when their packets say",
  ignore: cases.absent,
  fn: async () => {
    const path = `${cases.path}/variable-rate.mkv`;
    const { fps, times, frames } = await decodeVideo(path);
    assertNear(frames.length / fps, 7.5, 1e-9);
    assertEquals([times![11], times![12], times![23]], [1.375, 1.5, 7]);
    const sample = await sampleFrames(path, { count: 4, whole: true });
    assertEquals([sample.positions, sample.times], [[3, 9, 15, 21], [0.375, 1.125, 3, 6]]);
  },
});

Deno.test("a constant rate gives no times of its own, in any container", () =>
  inFolder(async (folder) => {
    for (const [name, format] of Object.entries(FORMATS)) {
      for (const fps of [10, 24000 / 1001]) {
        if (fps !== 10 && name.endsWith(".gif")) continue;
        const path = `${folder}/${name}`;
        await writeVideo(movingDisc(7, 64, 48, fps), path, format);
        const found = await decodeVideo(path);
        assertEquals([found.times, found.fps], [undefined, fps], name);
      }
    }
  }));

Deno.test("each of eight display matrices puts each corner where it says", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    const [width, height] = [64, 48];
    const frames = [fourCorners(width, height)];
    await writeVideo({ width, height, fps: 8, frames }, path, FORMATS["h264.mp4"]);
    const across = [-1, 1].flatMap((c) => [-1, 1].map((b) => [0, b, c, 0]));
    const straight = [-1, 1].flatMap((a) => [-1, 1].map((d) => [a, 0, 0, d]));
    for (const [a, b, c, d] of [...across, ...straight]) {
      await writeMatrix(path, [a, b, c, d]);
      const shown = await decodeVideo(path);
      assertEquals(
        [shown.width, shown.height],
        a === 0 ? [height, width] : [width, height],
        `${[a, b, c, d]}`,
      );
      const corners = cornersOf(shown.frames[0], shown.width, shown.height);
      for (const [i, colour] of CORNERS.entries()) {
        // The corner's offset from the centre, by the matrix: x' = a·x + c·y, y' = b·x + d·y.
        const [x, y] = [i % 2 ? 1 : -1, i > 1 ? 1 : -1];
        const place = Number(a * x + c * y > 0) + 2 * Number(b * x + d * y > 0);
        const off = Math.max(...colour.map((v, k) => Math.abs(v - corners[place][k])));
        assertOk(off < 10, `matrix ${[a, b, c, d]}, corner ${i}: ${off} off`);
      }
    }
  }));

Deno.test("a rotation that is not by quarters is not applied, and a turn undoes its opposite", () => {
  const [c, s] = [Math.cos(0.5) * 65536, Math.sin(0.5) * 65536];
  const skewed = new Uint8Array(Int32Array.of(c, s, 0, -s, c, 0, 0, 0, 1 << 30).buffer);
  assertEquals(orientationOf(skewed), {
    transposed: false,
    fromRight: false,
    fromBottom: false,
  });
  const rgb = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => i);
  const right = { transposed: true, fromRight: true, fromBottom: false };
  const left = { transposed: true, fromRight: false, fromBottom: true };
  const there = turned(rgb, { width: 5, height: 3 }, right);
  assertEquals(turned(there, { width: 3, height: 5 }, left), rgb);
});

/** Where an AVI file has the chunk of its fourth frame, its size, and that size in the index. */
function fourthFrame(bytes: Uint8Array<ArrayBuffer>) {
  const text = new TextDecoder("latin1").decode(bytes);
  const movi = text.indexOf("movi");
  const fourth = [...text.slice(movi).matchAll(/00dc/g)][3].index + movi;
  const size = new DataView(bytes.buffer).getUint32(fourth + 4, true);
  return { fourth, size, indexed: text.lastIndexOf("idx1") + 8 + 16 * 3 + 12 };
}

Deno.test("an empty chunk is a frame shown longer, but a lost one is a loss", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.avi`;
    await writeVideo(movingDisc(9), path, FORMATS["mjpeg.avi"]);
    const bytes = await Deno.readFile(path);
    // Its contents become a chunk of junk, so that the rest stays where it was.
    const { fourth, size, indexed } = fourthFrame(bytes);
    const emptied = bytes.slice();
    const view = new DataView(emptied.buffer);
    view.setUint32(fourth + 4, 0, true);
    emptied.set(new TextEncoder().encode("JUNK"), fourth + 8);
    view.setUint32(fourth + 12, size - 8, true);
    view.setUint32(indexed, 0, true);
    await Deno.writeFile(path, emptied);
    const found = await decodeVideo(path);
    assertEquals(found.frames.length, 8);
    assertEquals(found.times?.slice(2, 5).map((time) => Number(time.toFixed(6))), [0.2, 0.4, 0.5]);
    emptied.set(new TextEncoder().encode("JUNK"), fourth);
    await Deno.writeFile(path, emptied);
    await assertInputError(() => decodeVideo(path), "declares 9 frames", "8 were found");
  }));

for (
  const [name, stub] of [
    ["a byte in place of a picture", () => [0x7f]],
    // At 8 frames per second, `vop_coded` is the first bit of the second byte after the start code.
    ["a picture that is not coded", (start: Uint8Array) => [...start.subarray(0, 5), 0x3f]],
  ] as const
) {
  Deno.test({
    name: `${name} is a dropped frame, as ffmpeg counts`,
    ignore: !hasFfmpeg,
    fn: () =>
      inFolder(async (folder) => {
        const path = `${folder}/a.avi`;
        await writeVideo(movingDisc(9, 64, 48, 8), path, FORMATS["mpeg4.avi"]);
        const bytes = await Deno.readFile(path);
        const { fourth, size, indexed } = fourthFrame(bytes);
        const view = new DataView(bytes.buffer);
        const contents = stub(bytes.subarray(fourth + 8));
        view.setUint32(fourth + 4, contents.length, true);
        bytes.set(contents, fourth + 8);
        const next = fourth + 8 + contents.length + contents.length % 2;
        bytes.set(new TextEncoder().encode("JUNK"), next);
        view.setUint32(next + 4, fourth + 8 + size + size % 2 - next - 8, true);
        view.setUint32(indexed, contents.length, true);
        await Deno.writeFile(path, bytes);
        assertEquals(await differencesFromFfmpeg(path), []);
        assertEquals((await decodeVideo(path)).frames.length, 8);
      }),
  });
}

Deno.test("a clip whose edit list shows none of its frames says so", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    await writeVideo(movingDisc(9), path, FORMATS["h264.mp4"]);
    const bytes = await Deno.readFile(path);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("elst");
    // The start of the first entry's media, after the name, version, count and duration.
    new DataView(bytes.buffer).setInt32(at + 16, 1 << 30);
    await Deno.writeFile(path, bytes);
    await assertInputError(() => decodeVideo(path), path, "none of its 9 frames", "edit list");
  }));

Deno.test({
  name: "an orientation in the H.264 stream turns all frames, if the container has none",
  ignore: !hasFfmpeg,
  fn: () =>
    inFolder(async (folder) => {
      const [upright, path] = ["a.mp4", "b.mp4"].map((name) => `${folder}/${name}`);
      await writeVideo(movingDisc(6, 64, 48), upright, FORMATS["h264.mp4"]);
      const turn = "h264_metadata=display_orientation=insert:rotate=90";
      const { success } = await new Deno.Command("ffmpeg", {
        args: ["-nostdin", "-v", "error", "-i", upright, "-c", "copy", "-bsf:v", turn, path],
      }).output();
      assertOk(success);
      const [before, after] = [await decodeVideo(upright), await decodeVideo(path)];
      const left = { transposed: true, fromRight: false, fromBottom: true };
      assertEquals([after.width, after.height], [48, 64]);
      assertEquals(
        after.frames,
        before.frames.map((frame) => turned(frame, { width: 64, height: 48 }, left)),
      );
      // The frame that carries the orientation need not be wanted.
      assertEquals((await sampleFrames(path, { count: 1, whole: true })).width, 48);
    }),
});

Deno.test("whatever a decoder finds wrong is an InputError that names the clip", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    for (const codec of ["xxxx", "ap4h", "dvh5", "jpeg", "mp4v", "tiff", "png "]) {
      await writeVideo(movingDisc(3), path, FORMATS["h264.mp4"]);
      const bytes = await Deno.readFile(path);
      const at = new TextDecoder("latin1").decode(bytes).indexOf("avc1", 40);
      bytes.set(new TextEncoder().encode(codec), at);
      await Deno.writeFile(path, bytes);
      await assertInputError(() => decodeVideo(path), path, "Cannot read clip");
    }
  }));

Deno.test("a clip that is cut short while it is read is an error that names it once", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.avi`;
    const noise = Array.from(
      { length: 12 },
      (_, t) => Uint8Array.from({ length: 192 * 144 * 3 }, (_, i) => i * (7919 + t) % 251),
    );
    await writeVideo(
      { width: 192, height: 144, fps: 8, frames: noise },
      path,
      FORMATS["mjpeg.avi"],
    );
    const read = async () => {
      for await (const { index } of decodeFrames(path, { threads: 1 })) {
        if (index === 0) await Deno.truncate(path, (await Deno.stat(path)).size >> 1);
      }
    };
    const error = await read().then(() => null, (error) => error);
    await assertInputError(() => Promise.reject(error), path);
    assertEquals(error.message.split(path).length, 2, error.message);
  }));
