import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { decodeVideo } from "./decode.ts";
import { writeVideo } from "./encode.ts";
import { inFolder } from "../testing/folder.ts";
import { FORMATS, movingDisc } from "../testing/video.ts";
import { framesHash, sampledHash, sampleFrames, samplePositions } from "./sample.ts";

Deno.test("eight positions equal the released formula int(i·T/8 + T/16) for every length", () => {
  for (let total = 1; total <= 2000; total++) {
    const released = Array.from({ length: 8 }, (_, i) => Math.trunc(i * total / 8 + total / 16));
    assertEquals(samplePositions(total, 8), released);
  }
});

Deno.test("positions ascend within the clip and avoid the ends of long clips", () => {
  for (const count of [1, 3, 8, 11]) {
    for (const total of [1, 7, 49, 81, 480]) {
      const positions = samplePositions(total, count);
      assertEquals(positions, positions.toSorted((a, b) => a - b));
      assertOk(positions.every((position) => position >= 0 && position < total));
      if (total > 2 * count) assertOk(positions[0] > 0 && positions.at(-1)! < total - 1);
    }
  }
});

Deno.test("a count of frames below 1 or fractional is refused", async () => {
  await assertInputError(() => samplePositions(0, 8), "total is 0");
  await assertInputError(() => samplePositions(81, 0), "count is 0");
  await assertInputError(() => samplePositions(81, 2.5), "count is 2.5");
});

for (const name of ["h264.mp4", "vp9.webm", "palette.gif", "mpeg4.avi"]) {
  Deno.test(`sampled frames of ${name} are the decoded frames at their positions`, async () => {
    const path = await Deno.makeTempFile({ suffix: name });
    await writeVideo(movingDisc(27), path, FORMATS[name]);
    const all = await decodeVideo(path);
    for (const count of [8, 3, 40]) {
      const sample = await sampleFrames(path, { count });
      assertEquals(sample.positions, samplePositions(27, count));
      assertEquals(sample.total, 27);
      assertEquals(sample.frames, sample.positions.map((position) => all.frames[position]));
      assertEquals([sample.width, sample.height, sample.fps], [64, 48, 10]);
    }
    await Deno.remove(path);
  });
}

Deno.test("frames do not depend on the number of decoder threads", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mp4" });
  await writeVideo(movingDisc(30), path, FORMATS["h264.mp4"]);
  const hashes = new Set<string>();
  for (const threads of [1, 2, 4]) hashes.add(framesHash(await sampleFrames(path, { threads })));
  assertEquals(hashes.size, 1);
  await Deno.remove(path);
});

for (const name of ["h264.mp4", "vp9.webm", "palette.gif", "mpeg4.avi"]) {
  Deno.test(`frames of an intact ${name} are the same if others are skipped`, async () => {
    const path = await Deno.makeTempFile({ suffix: name });
    for (const frames of [1, 5, 27, 60]) {
      await writeVideo(movingDisc(frames), path, FORMATS[name]);
      for (const count of [1, 3, 8]) {
        const [all, some] = await Promise.all(
          [false, true].map((whole) => sampleFrames(path, { count, whole, blocking: whole })),
        );
        assertEquals(some, all);
      }
    }
    await Deno.remove(path);
  });
}

Deno.test("the frames' hash changes with any byte, their order, and their size", () => {
  const video = movingDisc(3);
  const hashes = new Set([framesHash(video)]);
  for (const frame of [0, 2]) {
    const frames = video.frames.map((bytes) => bytes.slice());
    frames[frame][17] ^= 1;
    hashes.add(framesHash({ ...video, frames }));
  }
  hashes.add(framesHash({ ...video, frames: video.frames.toReversed() }));
  hashes.add(framesHash({ ...video, width: video.height, height: video.width }));
  assertEquals(hashes.size, 5);
});

Deno.test("larger frames are scaled down in proportion as they are decoded, and are the same frames", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    await writeVideo(movingDisc(9, 160, 120), path, FORMATS["h264.mp4"]);
    const [full, small, same] = await Promise.all(
      [undefined, 40 * 30, 160 * 120].map((atMost) => sampleFrames(path, { count: 3, atMost })),
    );
    assertEquals([small.width, small.height, small.frames[0].length], [40, 30, 40 * 30 * 3]);
    assertEquals([small.positions, small.total, small.fps], [full.positions, 9, full.fps]);
    assertEquals(same, full);
    const mean = (rgb: Uint8Array) => rgb.reduce((sum, value) => sum + value, 0) / rgb.length;
    for (const [i, frame] of small.frames.entries()) {
      assertOk(Math.abs(mean(frame) - mean(full.frames[i])) < 1);
    }
  }));

Deno.test("the hash of frames seen one at a time is that of all together", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    for (const frames of [3, 20]) {
      await writeVideo(movingDisc(frames), path, FORMATS["h264.mp4"]);
      for (const count of [1, 8]) {
        assertEquals(
          await sampledHash(path, { count, whole: true }),
          framesHash(await sampleFrames(path, { count })),
        );
      }
    }
    const video = movingDisc(2);
    assertOk(framesHash(video) !== framesHash({ ...video, times: [0, 0.5] }), "times are seen");
  }));
