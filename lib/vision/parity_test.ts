/**
 * Parity of the probe's kernels with scipy, scikit-image, trackpy and numpy on the same numbers.
 */
import { PROJECT } from "../paths.ts";
import { ensurePython } from "../pyenv/python.ts";
import { random } from "../random.ts";
import { assertEquals, assertNear, assertOk } from "../testing/assert.ts";
import { assign } from "./assignment.ts";
import { findBeads } from "../testing/films/beads.ts";
import { meanSquares, withoutDrift } from "../testing/films/brownian.ts";
import { components, fillHoles } from "./components.ts";
import { askReferences, REFERENCES } from "../testing/vision/parity.ts";
import { quantile } from "../statistics.ts";
import { blur, otsu, type Plane } from "./plane.ts";
import { findSpots } from "./spots.ts";
import { link, type Track } from "./tracks.ts";

const python = await ensurePython(PROJECT.cache, REFERENCES, { onProgress: console.warn });
if (python.path === null) {
  console.warn(
    `SKIPPED: no kernel is compared with scipy, scikit-image or trackpy: ${python.reason}`,
  );
}

/** Standard normal draws. */
function normals(seed: string): () => number {
  const draw = random(1, "parity", seed);
  return () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

const at = (x: number, y: number) => ({ x, y, area: 1, edge: false });
const plain = ({ width, height, data }: Plane) => ({ width, height, data: [...data] });

/** Grey frames with round marks at known positions, at most 255, with camera noise. */
function marked(seed: string, height: number, sigma: number) {
  const [draw, noise] = [random(2, "parity", seed), normals(seed)];
  return Array.from({ length: 6 }, () => {
    const [width, rows] = [150, 120];
    const marks: { x: number; y: number }[] = [];
    while (marks.length < 14) {
      const mark = { x: 12 + draw() * (width - 24), y: 12 + draw() * (rows - 24) };
      if (marks.every((m) => Math.hypot(m.x - mark.x, m.y - mark.y) > 16)) marks.push(mark);
    }
    const data = Float32Array.from({ length: width * rows }, (_, i) => {
      const [x, y] = [i % width + 0.5, Math.floor(i / width) + 0.5];
      const shape = marks.reduce(
        (sum, m) => sum + Math.exp(-((x - m.x) ** 2 + (y - m.y) ** 2) / (2 * sigma * sigma)),
        0,
      );
      return Math.round((height < 0 ? 170 : 40) + height * shape + 3 * noise());
    });
    return { plane: { width, height: rows, data }, marks };
  });
}

/** Random walks with a common drift; some are missing in some frames. */
function walks(count: number, frames: number, seed: string, missed: number): Track[] {
  const [draw, step] = [random(3, "parity", seed), normals(seed)];
  return Array.from({ length: count }, () => {
    let [x, y] = [200 * draw(), 200 * draw()];
    const track: Track = { frames: [], points: [] };
    for (let t = 0; t < frames; t++) {
      x += 0.7 * step() + 0.1;
      y += 0.7 * step() - 0.05;
      if (draw() < missed) continue;
      track.frames.push(t);
      track.points.push(at(x, y));
    }
    return track;
  });
}

const noise = normals("values");
const grey: Plane = {
  width: 61,
  height: 47,
  data: Float32Array.from(
    { length: 61 * 47 },
    (_, i) => 90 + 60 * Math.sin(i % 61 / 7) * Math.cos(Math.floor(i / 61) / 5) + 12 * noise(),
  ),
};
const mask: Plane = { ...grey, data: grey.data.map((value) => value > 104 ? 1 : 0) };
const values = Array.from({ length: 500 }, () => noise() + (noise() > 0.5 ? 6 : 0));
const shares = [0, 0.01, 0.25, 0.5, 0.777, 1];
const sigmas = [0.7, 1.5, 4.3];
const matrices = [[7, 7], [12, 31], [40, 40]].flatMap(([rows, columns]) =>
  // Integers have ties, for which several assignments are equally good.
  [(v: number) => v, Math.floor].map((scale) =>
    Array.from(
      { length: rows },
      () => Array.from({ length: columns }, () => scale(Math.abs(10 * noise()))),
    )
  )
);
const spots = marked("spots", 120, 1.5);
const beads = marked("beads", -90, 2.2);
const whole = walks(30, 40, "whole", 0);
const gappy = walks(30, 40, "gappy", 0.15);
const scattered = Array.from(
  { length: 40 },
  (_, t) =>
    gappy.flatMap(({ frames, points }) => frames.includes(t) ? [points[frames.indexOf(t)]] : []),
);

const call = (kernel: string, args: Record<string, unknown>) => ({ kernel, arguments: args });
const located = (clip: typeof spots, diameter: number, invert: boolean) =>
  call("locate", { planes: clip.map((f) => plain(f.plane)), diameter, invert, minmass: 300 });
const questions = {
  quantiles: call("quantiles", { values, shares }),
  otsu: call("otsu", { values }),
  ...Object.fromEntries(sigmas.map((sigma) => [
    `gaussian ${sigma}`,
    call("gaussian", { plane: plain(grey), sigma, radius: Math.ceil(3 * sigma) }),
  ])),
  pieces: call("pieces", { mask: plain(mask), weights: plain(grey) }),
  holes: call("holes", { mask: plain(mask) }),
  assignment: call("assignment", { matrices }),
  spots: located(spots, 7, false),
  beads: located(beads, 11, true),
  link: call("link", { frames: scattered, search_range: 5, memory: 2 }),
  whole: call("displacements", { tracks: whole, lags: 10 }),
  gappy: call("displacements", { tracks: gappy, lags: 10 }),
  drift: call("drift", { tracks: gappy }),
};

let answers: Promise<Record<string, unknown>> | undefined;

/** A test comparing a kernel's result with a library's result for the question of that name. */
function parity<T>(
  name: string,
  question: keyof typeof questions & string,
  run: (them: T) => void,
) {
  Deno.test({
    name: `parity: ${name}`,
    ignore: python.path === null,
    async fn() {
      answers ??= askReferences(python.path!, questions);
      run((await answers)[question] as T);
    },
  });
}

parity<number[]>("quantiles are numpy's", "quantiles", (them) => {
  shares.forEach((share, i) => assertNear(quantile(values, share), them[i], 1e-12));
});

parity<number>("Otsu's threshold is scikit-image's", "otsu", (them) => {
  // It reports the middle of the last bin below; ours is the upper edge, as ours is compared with
  // `>`.
  const bin = (Math.max(...values) - Math.min(...values)) / 256;
  assertNear(otsu([values])!.level, them + bin / 2, 1e-6);
});

for (const sigma of sigmas) {
  parity<number[]>(
    `Gaussian blur of ${sigma} px is scipy's`,
    `gaussian ${sigma}` as "otsu",
    (them) => {
      const worst = blur(grey, sigma).data.reduce(
        (w, v, i) => Math.max(w, Math.abs(v - them[i])),
        0,
      );
      // 8 bits more than the grey levels, in 32-bit numbers.
      assertOk(worst < 1e-3, `largest difference ${worst} grey levels`);
    },
  );
}

type Piece = { x: number; y: number; area: number; elongation: number };

parity<Piece[]>(
  "connected pieces and their moments are scipy's and scikit-image's",
  "pieces",
  (them) => {
    const byPlace = (a: Piece, b: Piece) => a.x - b.x || a.y - b.y;
    const ours = components(Uint8Array.from(mask.data), grey.width, grey.height, 1, grey.data)
      .toSorted(byPlace);
    const theirs = them.toSorted(byPlace);
    assertOk(theirs.length >= 5, `${theirs.length} pieces compare little`);
    assertEquals(ours.map((piece) => piece.area), theirs.map((piece) => piece.area));
    ours.forEach((piece, i) => {
      // scipy counts from a pixel's centre, we from its corner.
      assertNear(piece.x, theirs[i].x + 0.5, 1e-6, "x");
      assertNear(piece.y, theirs[i].y + 0.5, 1e-6, "y");
      assertNear(piece.elongation, theirs[i].elongation, 1e-6, "elongation");
    });
  },
);

parity<number[]>("filled holes are scipy's", "holes", (them) => {
  const filled = Uint8Array.from(mask.data);
  fillHoles(filled, grey.width, grey.height);
  assertEquals([...filled], them);
  assertOk(filled.some((value, i) => value !== mask.data[i]), "no hole was there to fill");
});

parity<number[]>("assignments cost what scipy's cost", "assignment", (them) => {
  matrices.forEach((cost, k) => {
    const columns = assign(cost);
    assertEquals(new Set(columns).size, cost.length);
    assertNear(columns.reduce((sum, column, row) => sum + cost[row][column], 0), them[k], 1e-9);
  });
});

type Place = { x: number; y: number };

/** Distances from each true mark to the nearest detection, and the number of false detections. */
function errors(found: readonly Place[][], clip: typeof spots) {
  const distances = clip.flatMap(({ marks }, t) =>
    marks.map((m) => Math.min(...found[t].map((f) => Math.hypot(f.x - m.x, f.y - m.y))))
  );
  const extra = found.flat().length - clip.flatMap((frame) => frame.marks).length;
  return { rms: Math.sqrt(distances.reduce((s, d) => s + d * d, 0) / distances.length), extra };
}

for (
  const [name, clip, ours] of [
    ["spots", spots, () => findSpots(spots.map((f) => f.plane))],
    [
      "beads",
      beads,
      () => findBeads(beads.map((f) => f.plane), { diameter: 11 }),
    ],
  ] as const
) {
  parity<Place[][]>(`${name} are located as well as by trackpy`, name, (them) => {
    const theirs = errors(them.map((f) => f.map((p) => ({ x: p.x + 0.5, y: p.y + 0.5 }))), clip);
    const own = errors(ours(), clip);
    console.log(`${name}: error ${own.rms.toFixed(3)} px, trackpy's ${theirs.rms.toFixed(3)} px`);
    assertEquals([own.extra, theirs.extra], [0, 0]);
    assertOk(own.rms < 0.1, `error of ${own.rms} px`);
    assertOk(own.rms < 1.25 * theirs.rms, `error of ${own.rms} px, trackpy's ${theirs.rms} px`);
  });
}

parity<[number, number][][]>("tracks are trackpy's", "link", (them) => {
  const keys = (tracks: string[]) => tracks.toSorted();
  const theirs = them.map((track) => track.map(([t, i]) => `${t}:${scattered[t][i].x}`).join(" "));
  const ours = link(scattered, { searchRange: 5, memory: 2 })
    .map(({ frames, points }) => frames.map((t, i) => `${t}:${points[i].x}`).join(" "));
  const same = new Set(theirs);
  const shared = ours.filter((track) => same.has(track)).length;
  console.log(`tracks: ${ours.length}, trackpy's ${theirs.length}, the same ${shared}`);
  assertEquals(keys(ours), keys(theirs));
});

type Curves = { each: (number | null)[][]; all: number[] };

parity<Curves>("mean squared displacements are trackpy's", "whole", (them) => {
  meanSquares(whole, 10).forEach(({ square }, i) => assertNear(square, them.all[i], 1e-9));
});

parity<Curves>(
  "each track's mean squared displacements are trackpy's, gaps too",
  "gappy",
  (them) => {
    gappy.forEach((track, k) => {
      for (const { lag, square } of meanSquares([track], 10)) {
        assertNear(square, them.each[k][lag - 1]!, 1e-9);
      }
    });
    // Over tracks, trackpy weights by an estimate of independent pairs, we by the number of pairs.
    meanSquares(gappy, 10).forEach(({ square }, i) =>
      assertNear(square, them.all[i], 0.03 * them.all[i])
    );
  },
);

parity<{ frames: number[]; x: number[]; y: number[] }>("drift is trackpy's", "drift", (them) => {
  const still = withoutDrift(gappy);
  gappy.forEach((track, k) => {
    for (const axis of ["x", "y"] as const) {
      const shift = (i: number) => track.points[i][axis] - still[k].points[i][axis];
      const theirs = (i: number) => them[axis][them.frames.indexOf(track.frames[i])] ?? 0;
      for (let i = 1; i < track.frames.length; i++) {
        assertNear(shift(i) - shift(0), theirs(i) - theirs(0), 1e-9);
      }
    }
  });
});
