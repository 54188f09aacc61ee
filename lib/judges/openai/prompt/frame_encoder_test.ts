import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { encodeVideo } from "../../../video/encode.ts";
import { sampleFrames } from "../../../video/sample.ts";
import { pictured, PICTURES } from "./pictures.ts";
import { openFrameEncoder } from "./frame_encoder.ts";
import { clip } from "../../../testing/openai/asking.ts";

const JOB = { count: 4, settings: PICTURES, repeats: true };

Deno.test("the encoder matches pictures of frames in memory, for many clips at once", async () => {
  const folder = await Deno.makeTempDir();
  const paths = await Promise.all([3, 9, 12, 30].map(async (frames, i) => {
    const path = `${folder}/${i}.mp4`;
    await encodeVideo(clip(frames, i), path);
    return path;
  }));
  using encoder = openFrameEncoder(2);
  for (const repeats of [true, false]) {
    const encoded = await Promise.all(
      paths.map((path) => encoder.encode({ ...JOB, path, repeats })),
    );
    for (const [i, path] of paths.entries()) {
      const expected = pictured(await sampleFrames(path, { count: 4 }), 4, repeats);
      const { hash, positions, total, fps, width, height } = expected;
      const { urls, ...found } = encoded[i];
      assertEquals(found, { hash, positions, total, fps, width, height });
      const lowered = { ...PICTURES, longest_side: 32 };
      for (const settings of [PICTURES, lowered]) {
        assertEquals(await urls(settings), await expected.urls(settings));
      }
    }
  }
  assertEquals((await encoder.encode({ ...JOB, path: paths[0] })).positions.length, 4);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a clip that cannot be read fails only its own job", async () => {
  const folder = await Deno.makeTempDir();
  const [bad, good] = [`${folder}/bad.mp4`, `${folder}/good.mp4`];
  await encodeVideo(clip(5), good);
  await Deno.writeFile(bad, (await Deno.readFile(good)).slice(0, 200));
  using encoder = openFrameEncoder(1);
  const [failed, encoded] = await Promise.allSettled(
    [bad, good].map((path) => encoder.encode({ ...JOB, path })),
  );
  assertEquals([failed.status, encoded.status], ["rejected", "fulfilled"]);
  await assertInputError(() => encoder.encode({ ...JOB, path: bad }), "bad.mp4");
  const wrong = { ...PICTURES, quality: 0 };
  await assertInputError(
    () => encoder.encode({ ...JOB, path: good, settings: wrong }),
    "quality is 0",
  );
  assertOk((await encoder.encode({ ...JOB, path: good })).total === 5);
  await Deno.remove(folder, { recursive: true });
});
