import { assertEquals } from "../testing/assert.ts";
import { displacements, link } from "./tracks.ts";

const at = (x: number, y: number) => ({ x, y, area: 1, edge: false });

Deno.test("a track survives one missing frame, but not many", () => {
  const frames = [[at(0, 0)], [], [at(2, 0)], [], [], [], [at(3, 0)]];
  const tracks = link(frames, { searchRange: 4 });
  assertEquals(tracks.map((track) => track.frames), [[0, 2], [6]]);
  assertEquals(displacements(tracks[0], 2), [{ frame: 0, x: 2, y: 0 }]);
  assertEquals(displacements(tracks[0], 1), []);
});

Deno.test("constant velocity resolves a crossing that distance alone would swap", () => {
  const frames = Array.from({ length: 9 }, (_, t) => [at(10 * t, 0), at(80 - 10 * t, 1)]);
  const tracks = link(frames, { searchRange: 12, predictedSearchRange: 4 });
  assertEquals(tracks.map((track) => track.points.at(-1)!.x).toSorted((a, b) => a - b), [0, 80]);
  assertEquals(tracks.map((track) => track.frames.length), [9, 9]);
});

Deno.test("assignment minimises the total: no track takes another's only detection", () => {
  const tracks = link([[at(0, 0), at(3, 0)], [at(2, 0), at(5, 0)]], { searchRange: 6 });
  assertEquals(tracks.map((track) => track.points.map((p) => p.x)), [[0, 2], [3, 5]]);
});
