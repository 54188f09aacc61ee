import sharp from "sharp";
import { Buffer } from "node:buffer";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../testing.ts";
import { samplePositions } from "../../video/mod.ts";
import {
  framesShown,
  loweredTo,
  pictureMaker,
  PICTURES,
  type PictureSettings,
  pictureSize,
  pictureSteps,
  RELEASED_PICTURES,
} from "./pictures.ts";
import { clip } from "./testing/asking.ts";

const bytesOf = (url: string) => Buffer.from(url.split(",")[1], "base64");

Deno.test("pictures are the frames, at the size and quality asked for", async () => {
  const video = clip(3);
  const settings: PictureSettings = { ...PICTURES, quality: 95, longest_side: 48 };
  for (const longest_side of [null, 48, 500]) {
    const asked = { ...settings, longest_side };
    const urls = await pictureMaker().urls(video, asked);
    assertEquals(urls.length, 3);
    const { data, info } = await sharp(bytesOf(urls[1])).raw().toBuffer({
      resolveWithObject: true,
    });
    const expected = longest_side === 48 ? { width: 48, height: 32 } : { width: 96, height: 64 };
    assertEquals(pictureSize(video, asked), expected);
    assertEquals([info.width, info.height], [expected.width, expected.height]);
    if (longest_side === 48) continue;
    const error = data.reduce((sum, value, i) => sum + Math.abs(value - video.frames[1][i]), 0);
    assertNear(error / data.length, 0, 2, "mean error of a picture");
  }
  const small = await pictureMaker().urls(video, { ...PICTURES, quality: 20 });
  const large = await pictureMaker().urls(video, PICTURES);
  assertOk(small[0].length < large[0].length);
});

Deno.test("a frame is made into a picture once for all who ask, repeated frames too", async () => {
  const video = clip(2);
  const [frame] = video.frames;
  const repeated = { ...video, frames: [frame, frame, video.frames[1]] };
  const maker = pictureMaker();
  const [a, b] = await Promise.all([
    maker.urls(repeated, PICTURES),
    maker.urls(repeated, PICTURES),
  ]);
  assertEquals(a, b);
  assertEquals(a[0], a[1]);
  // Were it made again, it would show that the frame has changed since.
  frame.fill(0);
  assertEquals((await maker.urls(video, PICTURES))[0], a[0]);
  assertOk((await pictureMaker().urls(video, PICTURES))[0] !== a[0]);
  assertOk((await maker.urls(video, { ...PICTURES, quality: 50 }))[0] !== a[0]);
});

Deno.test("steps go down in size, or in quality as released, and say where they stand", () => {
  const size = { width: 832, height: 480 };
  const steps = pictureSteps(PICTURES, size, "sizes");
  assertEquals(steps.map((step) => step.longest_side), [768, 512, 384, 256, 192, 128]);
  assertEquals(loweredTo(steps[0], steps[2]), "pictures lowered to 384 px");
  const whole = pictureSteps(
    { ...PICTURES, longest_side: null },
    { width: 300, height: 400 },
    "sizes",
  );
  assertEquals(whole.map((step) => step.longest_side), [null, 384, 256, 192, 128]);
  const released = pictureSteps(RELEASED_PICTURES, size, "as-released");
  assertEquals(released.map((step) => [step.longest_side, step.quality]), [
    [null, 100],
    [null, 30],
    [null, 20],
    [null, 10],
  ]);
  assertEquals(loweredTo(released[0], released[1]), "pictures lowered to JPEG quality 30");
});

Deno.test("a whole clip is sampled at the released positions; a sample is taken as it is", () => {
  const video = clip(24);
  const shown = framesShown(video, 8, false);
  assertEquals(shown.positions, samplePositions(24, 8));
  assertEquals(shown.frames, shown.positions.map((position) => video.frames[position]));
  assertEquals([shown.total, shown.fps], [24, 12]);
  const sample = { ...video, frames: video.frames.slice(0, 3), positions: [4, 4, 20], total: 24 };
  assertEquals(framesShown(sample, 8, true).positions, [4, 4, 20]);
  const distinct = framesShown(sample, 8, false);
  assertEquals([distinct.positions, distinct.frames], [[4, 20], [
    sample.frames[0],
    sample.frames[2],
  ]]);
});

Deno.test("settings out of range are refused", async () => {
  const make = (settings: Partial<PictureSettings>) => () =>
    pictureMaker().urls(clip(1), { ...PICTURES, ...settings });
  await assertInputError(make({ quality: 0 }), "quality is 0");
  await assertInputError(make({ longest_side: 8 }), "8 px");
});
