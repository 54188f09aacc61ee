import { assertEquals, assertOk } from "../../testing/assert.ts";
import { inFolder } from "../../testing/folder.ts";
import { movingDisc } from "../../testing/video.ts";
import { decodeVideo } from "../../video/decode.ts";
import { encodeVideo } from "../../video/encode.ts";
import { framesHash } from "../../video/sample.ts";
import { reduce } from "../../vision/plane.ts";
import { readForMeasuring } from "./reading.ts";

Deno.test("a clip read frame by frame is the whole clip reduced, with the same hash", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    for (const [width, height] of [[64, 48], [320, 240], [190, 400]]) {
      await encodeVideo(movingDisc(4, width, height), path);
      const whole = await decodeVideo(path);
      const { video, frames } = await readForMeasuring(path);
      assertEquals(video, reduce(whole));
      assertEquals(frames, framesHash(whole));
    }
  }));

Deno.test("a clip of too many frames is not measured, and the reason has both numbers", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    const grey = new Uint8Array(190 * 190 * 3).fill(90);
    const frames = Array.from({ length: 466 }, () => grey);
    await encodeVideo({ width: 190, height: 190, fps: 24, frames }, path);
    const { video, reason } = await readForMeasuring(path);
    assertEquals(video, null);
    for (const part of ["466 frames have 16.8", "190×190", "at most 16.8", "464 such frames"]) {
      assertOk(reason.includes(part), reason);
    }
  }));
