import { assertEquals } from "../testing/assert.ts";
import { displacements, link } from "./tracks.ts";

const at = (x: number, y: number) => ({ x, y, area: 1, edge: false });

Deno.test("a thing missed for a frame keeps its track, one missed for long does not", () => {
  const frames = [[at(0, 0)], [], [at(2, 0)], [], [], [], [at(3, 0)]];
  const tracks = link(frames, { reach: 4 });
  assertEquals(tracks.map((track) => track.frames), [[0, 2], [6]]);
  assertEquals(displacements(tracks[0], 2), [{ frame: 0, x: 2, y: 0 }]);
  assertEquals(displacements(tracks[0], 1), []);
});

Deno.test("steady motion is followed through a crossing that nearness alone would swap", () => {
  const frames = Array.from({ length: 9 }, (_, t) => [at(10 * t, 0), at(80 - 10 * t, 1)]);
  const tracks = link(frames, { reach: 12, steady: 4 });
  assertEquals(tracks.map((track) => track.points.at(-1)!.x).toSorted((a, b) => a - b), [0, 80]);
  assertEquals(tracks.map((track) => track.frames.length), [9, 9]);
});

Deno.test("assignment minimises the total: no thing takes the only place of another", () => {
  const tracks = link([[at(0, 0), at(3, 0)], [at(2, 0), at(5, 0)]], { reach: 6 });
  assertEquals(tracks.map((track) => track.points.map((p) => p.x)), [[0, 2], [3, 5]]);
});
