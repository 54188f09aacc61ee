import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { encodeVideo } from "../../../video/encode.ts";
import { sampleFrames } from "../../../video/sample.ts";
import { pictured, PICTURES } from "./pictures.ts";
import { openStudio } from "./studio.ts";
import { clip } from "../../../testing/openai/asking.ts";

const ASKED = { count: 4, settings: PICTURES, repeats: true };

Deno.test("a studio makes the pictures that are made of frames in memory, of many clips at once", async () => {
  const folder = await Deno.makeTempDir();
  const paths = await Promise.all([3, 9, 12, 30].map(async (frames, i) => {
    const path = `${folder}/${i}.mp4`;
    await encodeVideo(clip(frames, i), path);
    return path;
  }));
  using studio = openStudio(2);
  for (const repeats of [true, false]) {
    const seen = await Promise.all(paths.map((path) => studio.see({ ...ASKED, path, repeats })));
    for (const [i, path] of paths.entries()) {
      const expected = pictured(await sampleFrames(path, { count: 4 }), 4, repeats);
      const { hash, positions, total, fps, width, height } = expected;
      const { urls, ...found } = seen[i];
      assertEquals(found, { hash, positions, total, fps, width, height });
      const lowered = { ...PICTURES, longest_side: 32 };
      for (const settings of [PICTURES, lowered]) {
        assertEquals(await urls(settings), await expected.urls(settings));
      }
    }
  }
  assertEquals((await studio.see({ ...ASKED, path: paths[0] })).positions.length, 4);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a clip that cannot be read is one clip's error", async () => {
  const folder = await Deno.makeTempDir();
  const [bad, good] = [`${folder}/bad.mp4`, `${folder}/good.mp4`];
  await encodeVideo(clip(5), good);
  await Deno.writeFile(bad, (await Deno.readFile(good)).slice(0, 200));
  using studio = openStudio(1);
  const [failed, seen] = await Promise.allSettled(
    [bad, good].map((path) => studio.see({ ...ASKED, path })),
  );
  assertEquals([failed.status, seen.status], ["rejected", "fulfilled"]);
  await assertInputError(() => studio.see({ ...ASKED, path: bad }), "bad.mp4");
  const wrong = { ...PICTURES, quality: 0 };
  await assertInputError(
    () => studio.see({ ...ASKED, path: good, settings: wrong }),
    "quality is 0",
  );
  assertOk((await studio.see({ ...ASKED, path: good })).total === 5);
  await Deno.remove(folder, { recursive: true });
});
