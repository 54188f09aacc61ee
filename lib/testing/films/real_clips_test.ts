/**
 * The basis of the measures (thresholds, components, blur, tracks) tested on films of real
 * microscopes with known results: the diffusion of beads in water according to Stokes and Einstein,
 * the direction of platelets in a vessel, the growth of a colony. Real films have no scene
 * described by a task, so no judge measures them as this test does: beads, brownian, flow and
 * growth are helpers of this test only, with their own tests on synthetic films. The films are not
 * part of the project; if they are absent, the test is ignored with a message.
 */
import { join } from "node:path";
import { PROJECT } from "../../paths.ts";
import { ensurePython } from "../../pyenv/python.ts";
import { sharedData } from "../shared_data.ts";
import { assertNear, assertOk } from "../assert.ts";
import { decodeFrames, decodeVideo } from "../../video/decode.ts";
import type { Video } from "../../video/types.ts";
import { type Bead, findBeads } from "./beads.ts";
import {
  type Diffusion,
  diffusionOf,
  type Estimate,
  fitDiffusion,
  withoutDrift,
} from "./brownian.ts";
import { type Flow, flowOf } from "./flow.ts";
import { growthOf, texturedAreas } from "./growth.ts";
import { mean } from "../../statistics.ts";
import { askReferences, REFERENCES } from "../vision/parity.ts";
import { luma, type Plane } from "../../vision/plane.ts";
import { link, type Track } from "../../vision/tracks.ts";

const clips = sharedData("clips");
const clip = (...parts: string[]) => join(clips.path, ...parts);

/**
 * 1 µm spheres in water: Stokes–Einstein at 20 °C, in µm²/s; the scale is as given by the film's
 * makers.
 */
const STOKES_EINSTEIN = 0.43;
const PIXEL = 1 / 2.85;
const FPS = 24;
/** Five seconds: some 450 beads tracked for at least a second and a half. */
const FRAMES = 120;
/**
 * Detection parameters. 11 pixels contain a bead and its ring, 5 are six times the typical step,
 * and a second of lags is the longest that most tracks span more than once.
 */
const SEARCH = { diameter: 11, searchRange: 5, memory: 2, lags: 24, shortest: 36 };

async function beadFilm(width?: number): Promise<Plane[]> {
  const planes: Plane[] = [];
  const path = clip("bulk_water", "bulk-water.mov");
  const frames = decodeFrames(path, { wanted: (index) => index < FRAMES, whole: true });
  for await (const frame of frames) {
    const plane = luma(frame.width, frame.height, frame.rgb);
    // Integer grey levels, so that trackpy can be given the same.
    const data = plane.data.map(Math.round);
    planes.push(width === undefined ? { ...plane, data } : leftOf({ ...plane, data }, width));
  }
  return planes;
}

function leftOf({ width, height, data }: Plane, kept: number): Plane {
  const left = new Float32Array(kept * height);
  for (let y = 0; y < height; y++) {
    left.set(data.subarray(y * width, y * width + kept), y * kept);
  }
  return { width: kept, height, data: left };
}

/** Tracks of the film's beads without their common drift. */
function beadTracks(planes: readonly Plane[]): { marks: number; tracks: Track[] } {
  const beads = findBeads(planes, { diameter: SEARCH.diameter });
  const tracks = withoutDrift(link(beads, SEARCH))
    .filter((track) => track.frames.length >= SEARCH.shortest);
  return { marks: beads.flat().length / planes.length, tracks };
}

function motionOf(tracks: readonly Track[]): Diffusion {
  const found = diffusionOf(tracks, { ...SEARCH, fps: FPS, pixel: PIXEL });
  assertOk(!("reason" in found), JSON.stringify(found));
  return found;
}

/** Mean mass of a bead over its track. */
const massOf = ({ points }: Track) => mean(points.map((point) => (point as Bead).mass));

const show = ({ value, low, high }: Estimate) =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

Deno.test({
  name: "beads in water diffuse as Stokes and Einstein say, in and out of focus",
  ignore: clips.absent,
  async fn() {
    const { marks, tracks } = beadTracks(await beadFilm());
    const byMass = tracks.toSorted((a, b) => massOf(a) - massOf(b));
    const middle = Math.floor(tracks.length / 2);
    // Fainter beads are further from focus and located less accurately: D must not depend on that.
    for (
      const [name, taken, wide] of [
        ["all", tracks, 0.1],
        ["the fainter half", byMass.slice(0, middle), 0.2],
        ["the darker half", byMass.slice(middle), 0.2],
      ] as const
    ) {
      const { exponent, coefficient, from, to } = motionOf(taken);
      console.log(
        `bulk_water, ${name} of ${marks.toFixed(0)} marks a frame: ${taken.length} tracks, ` +
          `lags ${from}–${to}: exponent ${show(exponent)}, D ${show(coefficient)} µm²/s`,
      );
      assertNear(exponent.value, 1, 0.1, "exponent");
      assertNear(coefficient.value, STOKES_EINSTEIN, 0.2 * STOKES_EINSTEIN, "D");
      // With a wide interval, agreement would mean little.
      assertOk(exponent.high - exponent.low < 2 * wide, show(exponent));
      assertOk(coefficient.low > 0.8 * STOKES_EINSTEIN, show(coefficient));
      assertOk(coefficient.high < 1.2 * STOKES_EINSTEIN, show(coefficient));
    }
  },
});

const python = await ensurePython(PROJECT.cache, REFERENCES, { onProgress: console.warn });
if (python.path === null) console.warn(`SKIPPED: trackpy is not available: ${python.reason}`);

interface TheirFilm {
  marks: number;
  tracks: number;
  squares: number[];
  pairs: number[];
  exponent: number;
  factor: number;
}

Deno.test({
  name: "trackpy finds the same diffusion in the same film",
  ignore: clips.absent || python.path === null,
  async fn() {
    // The left half: trackpy takes five times as long per frame.
    const planes = await beadFilm(320);
    const { marks, tracks } = beadTracks(planes);
    const ours = motionOf(tracks);
    const path = await Deno.makeTempFile({ suffix: ".gray" });
    try {
      using file = await Deno.open(path, { write: true });
      const writer = file.writable.getWriter();
      for (const { data } of planes) await writer.write(Uint8Array.from(data));
      const { width, height } = planes[0];
      // trackpy needs a mass in grey levels: half of its typical mark's in this film.
      const size = { path, width, height, frames: FRAMES, minmass: 110 };
      const { searchRange: search_range, ...search } = SEARCH;
      const question = { kernel: "film", arguments: { ...size, ...search, search_range } };
      const { film } = await askReferences(python.path!, { film: question });
      const theirs = film as TheirFilm;
      const scale = FPS * PIXEL ** 2 / 4;
      const curve = theirs.squares.map((square, i) => ({
        lag: i + 1,
        square,
        pairs: ours.displacements[i].pairs,
      }));
      const fit = fitDiffusion(curve.slice(ours.from - 1));
      const row = (name: string, marks: number, tracks: number, exponent: string, d: string) =>
        `${name.padEnd(38)} ${marks.toFixed(0).padStart(5)} ${String(tracks).padStart(6)}  ` +
        `${exponent.padEnd(22)} ${d}`;
      console.log([
        "bulk_water, left half                  marks tracks  exponent               D, µm²/s",
        row("ours", marks, ours.tracks, show(ours.exponent), show(ours.coefficient)),
        row(
          `trackpy, our fit to lags ${ours.from}–${ours.to}`,
          theirs.marks,
          theirs.tracks,
          fit.exponent.toFixed(3),
          (fit.slope * scale).toFixed(3),
        ),
        row(
          "trackpy, its power law from lag 1",
          theirs.marks,
          theirs.tracks,
          theirs.exponent.toFixed(3),
          (theirs.factor * FPS ** theirs.exponent * PIXEL ** 2 / 4).toFixed(3),
        ),
      ].join("\n"));
      assertNear(ours.coefficient.value, fit.slope * scale, 0.1 * STOKES_EINSTEIN, "D");
      assertNear(ours.exponent.value, fit.exponent, 0.1, "exponent");
      ours.displacements.forEach(({ lag, square }, i) =>
        assertNear(square, theirs.squares[i], 0.1 * theirs.squares[i], `MSD at lag ${lag}`)
      );
    } finally {
      await Deno.remove(path);
    }
  },
});

const turned = ({ width, height, fps, frames }: Video): Video => ({
  width: height,
  height: width,
  fps,
  frames: frames.map((frame) => {
    // A quarter turn clockwise: right becomes down.
    const turned = new Uint8Array(frame.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = (y * width + x) * 3;
        turned.set(frame.subarray(from, from + 3), (x * height + height - 1 - y) * 3);
      }
    }
    return turned;
  }),
});

Deno.test({
  name: "platelets flow along their vessel, as the film is, turned, and run backwards",
  ignore: clips.absent,
  async fn() {
    const video = await decodeVideo(clip("mesentery_platelets", "mesentery.mp4"));
    const flow = (clip: Video): Flow => {
      const found = flowOf(clip);
      assertOk(!("reason" in found), JSON.stringify(found));
      assertOk(found.deviation < 10, `flow at ${found.deviation}° to the vessel`);
      assertOk(found.agreement > 0.9, `agreement ${found.agreement}`);
      return found;
    };
    const asIs = flow(video);
    console.log(
      `mesentery: vessel at ${asIs.axis.toFixed(1)}°, flow at ${asIs.direction.toFixed(1)}°: ` +
        `${asIs.deviation.toFixed(1)}° apart (at most ${asIs.deviationAtMost.toFixed(1)}°), ` +
        `${asIs.tracks} platelets, ${asIs.speed.toFixed(1)} px a frame`,
    );
    assertNear(asIs.direction, 0, 10, "direction");
    assertNear(flow(turned(video)).direction, asIs.direction + 90, 1, "direction of the turned");
    const backwards = flow({ ...video, frames: video.frames.toReversed() });
    assertNear(Math.abs(backwards.direction - asIs.direction), 180, 5, "turn of the reversed");
  },
});

Deno.test({
  name: "a microcolony grows, and falling light does not",
  ignore: clips.absent,
  async fn() {
    const { width, height, frames } = await decodeVideo(clip("yeast_microcolony", "xy0001.mp4"));
    const planes = frames.map((frame) => luma(width, height, frame));
    const growth = (planes: readonly Plane[]) => {
      const found = growthOf(texturedAreas(planes, 14));
      assertOk(!("reason" in found), JSON.stringify(found));
      return found;
    };
    const light = planes.map(({ data }) => data.reduce((a, b) => a + b) / data.length);
    const film = growth(planes);
    console.log(
      `yeast: light ${light.map(Math.round).join(" ")}; area ${film.areas.join(" ")}; ` +
        `ln(area) ${film.rate.toFixed(3)} a frame, rising in ${
          (100 * film.rising).toFixed(0)
        }% of steps`,
    );
    assertOk(light[9] < light[0] / 3, "the film's light should decrease");
    // Single cells with a bud become some forty each. In the first three frames, where light, noise
    // and focus differ, the detected area decreases; from then on it increases.
    assertOk(film.rate > 0.25 && film.rate < 0.5, `rate ${film.rate}`);
    assertOk(
      film.areas.slice(3).every((area, i) => area > film.areas[i + 2]),
      "not every later step",
    );
    assertOk(film.ratio > 8, `ratio ${film.ratio}`);
    // The film's change of light applied to a static picture; 8-bit levels, as a camera would give.
    for (const still of [0, 9]) {
      const falling = [0, 2, 9].map((t) => {
        const data = planes[still].data.map((value) => Math.round(value * light[t] / light[0]));
        return { width, height, data };
      });
      const found = growth(falling);
      console.log(`yeast: frame ${still} in falling light: ${found.areas.join(" ")}`);
      // A speck at the threshold may appear or disappear with rounding; the film's colonies grow
      // tenfold.
      for (const area of found.areas) assertNear(area / found.areas[0], 1, 0.08, "area");
      assertOk(Math.abs(found.rate) < film.rate / 5, `rate in falling light ${found.rate}`);
    }
  },
});
