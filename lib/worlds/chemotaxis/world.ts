/**
 * Amoeboid cells (neutrophils, Dictyostelium) that crawl towards a micropipette releasing a
 * chemoattractant, filmed in phase contrast; a fluorescent tracer shows the gradient. It is a
 * time-lapse: one second of the clip represents one minute.
 *
 * Motion: a biased persistent random walk. The heading θ obeys dθ = −(b/P) sin(θ − θ_source) dt +
 * √(2/P) dW with persistence time P (Tranquillo and Lauffenburger, J. Math. Biol. 25 (1987)
 * 229–262; Stokes, Lauffenburger and Williams, J. Cell Sci. 99 (1991) 419–430), so headings follow
 * a von Mises distribution and the chemotactic index, the mean of cos(θ − θ_source), tends to
 * I₁(b)/I₀(b). Neutrophils and Dictyostelium crawl at 8–20 µm/min, P is near a minute, and the
 * index is 0.8–0.9 near a pipette.
 * Shape: pseudopods bud left and right of the front in turn, and are swept to the rear as the cell
 * moves on (Bosgraaf and Van Haastert, PLoS ONE 4 (2009) e5253). Cells exclude each other.
 * Gradient: a steady point source, C ∝ 1/(1 + r/a).
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { CHEMOTAXIS_CAPTIONS } from "./captions.ts";
import { ANGLES, type Body, centred, disc, pseudopods } from "./outline.ts";
import { crawl, MINUTES_PER_SECOND, type Point, tipOf, TOWARDS } from "./walk.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { camera, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const CHEMOTAXIS_FIELD_UM = 100;

const parameters = z.object({
  cells: z.int().min(3).max(7).default(5),
  speed_um_min: z.number().min(9).max(18).default(13).describe("mean speed of crawling, µm/min"),
  cell_diameter_um: z.number().min(10.5).max(14).default(12.5),
  source: z.enum(["left", "right", "top", "bottom"]).default("right")
    .describe("side of the frame from which the pipette reaches in"),
  tracer_colour: z.enum(COLOUR_NAMES).default("red")
    .describe("colour of the tracer released with the chemoattractant"),
});

/** Parameters of a scene. */
export type ChemotaxisParameters = z.output<typeof parameters>;

/** Cells that crawl up a gradient (scale: cell). */
export const world: World = defineWorld({
  name: "chemotaxis",
  scale: "cell",
  parameters,
  violations: [
    {
      name: "down-gradient",
      kind: "physical-law",
      description: "the cells crawl away from the source of the chemoattractant",
    },
    {
      name: "jumping-cells",
      kind: "temporal-consistency",
      description: "most cells leap two diameters or more from one frame to the next",
    },
    {
      name: "gliding-discs",
      kind: "expert-criterion",
      description: "the cells glide as rigid discs, without front, rear, or pseudopods",
    },
  ],
  captions: (p) => CHEMOTAXIS_CAPTIONS.map((say) => say(p)),
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, CHEMOTAXIS_FIELD_UM);
    const field = { x: clip.width * scale, y: clip.height * scale };
    const tip = tipOf(p.source, field, random(clip.seed, "chemotaxis", "tip"));
    const paths = crawl(p, clip, field, tip);
    const cells = paths.map((path, id) => {
      const uniform = random(clip.seed, "chemotaxis", "cell", id);
      return {
        path,
        outline: clip.violation === "gliding-discs" ? disc : pseudopods(clip, uniform),
        grain: smoothNoise(random(clip.seed, "chemotaxis", "grain", id)),
        nucleus: 2 * Math.PI * uniform(),
      };
    });
    const ground = drawGround(p, clip, scale, tip);
    const expose = camera(clip.width, clip.height, random(clip.seed, "chemotaxis", "camera"), {
      unevenness: 0.14,
      readLevels: 1.6,
      shotLevels: 2.6,
    });
    const radius_um = p.cell_diameter_um / 2;
    const area_um2 = Math.PI * radius_um ** 2;
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const light = ground.slice();
      objects.push(cells.map(({ path, outline, grain, nucleus }, id) => {
        const at = path.points[frame];
        const radii = centred(outline(frame / clip.fps, path.headings[frame]), radius_um);
        drawCell(light, clip, scale, at, radii, path.headings[frame], grain, nucleus, radius_um);
        return { id, x_um: at.x, y_um: at.y, radius_um, area_um2, opacity: 1 };
      }));
      frames.push(expose(light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, CHEMOTAXIS_FIELD_UM, objects, {
        source_x_um: tip.x,
        source_y_um: tip.y,
        speed_um_min: p.speed_um_min,
        minutes_per_second: MINUTES_PER_SECOND,
      }),
    };
  },
});

/** Substrate with specks, the pipette out of focus above it, and the tracer's glow. */
function drawGround(p: ChemotaxisParameters, clip: Clip, scale: number, tip: Point): Light {
  const uniform = random(clip.seed, "chemotaxis", "ground");
  const cloud = smoothNoise(uniform);
  const { width, height } = clip;
  const light = new Float32Array(width * height * 3);
  const out = TOWARDS[p.source];
  const lean = 0.3 * (uniform() - 0.5);
  const needle = {
    x: out.x * Math.cos(lean) - out.y * Math.sin(lean),
    y: out.y * Math.cos(lean) + out.x * Math.sin(lean),
  };
  const specks = Array.from({ length: 26 }, () => ({
    x: uniform() * width * scale,
    y: uniform() * height * scale,
    size: 0.35 + 0.4 * uniform(),
    level: 0.13 * (uniform() - 0.4),
  }));
  const tracer = COLOURS[p.tracer_colour].rgb;
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 3) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      let grey = 0.5 + 0.012 * cloud(x / 9, y / 9) + 0.012 * cloud(y / 2.1 + 7, x / 2.1);
      for (const speck of specks) {
        const r2 = ((x - speck.x) ** 2 + (y - speck.y) ** 2) / (speck.size ** 2 + scale ** 2 / 4);
        if (r2 < 20) grey += speck.level * (Math.exp(-r2 / 2) - 0.4 * Math.exp(-r2 / 8));
      }
      const [dx, dy] = [x - tip.x, y - tip.y];
      const along = dx * needle.x + dy * needle.y;
      const across = Math.abs(dx * needle.y - dy * needle.x);
      // Two glass walls that diverge from a tip 3 µm wide, blurred as they lie above the focus.
      const wall = Math.exp(-(((across - 1.5 - 0.16 * Math.max(0, along)) / 1.5) ** 2) / 2);
      grey += smoothstep(-1.5, 2.5, along) * (0.1 * wall - 0.02);
      const glow = 0.34 / (1 + Math.max(0, Math.hypot(dx, dy) - 1.5) / 14);
      for (let c = 0; c < 3; c++) light[i + c] = grey + (glow - 0.06) * (tracer[c] - 0.35) * 0.9;
    }
  }
  return light;
}

/** One cell by phase contrast: grey within, granules, a dark edge, and a bright halo around. */
function drawCell(
  light: Light,
  clip: Clip,
  scale: number,
  at: Point,
  { radii, offset }: Body,
  heading: number,
  grain: (x: number, y: number) => number,
  nucleus: number,
  radius: number,
): void {
  const origin = { x: at.x - offset.x, y: at.y - offset.y };
  const reach = Math.max(...radii) + 6;
  const { left, top, right, bottom } = pixelsIn(clip, scale, around(origin, reach));
  const soft = Math.max(0.35, 0.6 * scale);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const x = (column + 0.5) * scale - origin.x;
      const y = (row + 0.5) * scale - origin.y;
      const rho = Math.hypot(x, y);
      if (rho > reach) continue;
      const angle = Math.atan2(y, x);
      const place = (angle / (2 * Math.PI) + 1) * ANGLES;
      const [below, part] = [Math.floor(place), place % 1];
      const [r0, r1] = [radii[below % ANGLES], radii[(below + 1) % ANGLES]];
      const r = r0 + (r1 - r0) * part;
      const slope = (r1 - r0) * ANGLES / (2 * Math.PI * r);
      const distance = (rho - r) / Math.sqrt(1 + slope * slope);
      const front = 0.5 + 0.5 * Math.cos(angle - heading);
      const inside = 1 - smoothstep(-soft, soft, distance);
      // The front's lamella is thin: it delays light less, and its halo is fainter.
      const thick = (1 - 0.3 * front) * (0.72 + 0.28 * smoothstep(0, 2.5, -distance));
      const [u, v] = [x - offset.x, y - offset.y];
      const granules = 0.09 * grain(u / 0.95 + 20, v / 0.95 + 20) +
        0.04 * grain(v / 1.9, u / 1.9);
      const lobes = [-1, 1].reduce((sum, s) => {
        const turned = nucleus + heading * 0.5;
        const nx = u + 0.18 * radius * Math.cos(heading) - s * 0.2 * radius * Math.cos(turned);
        const ny = v + 0.18 * radius * Math.sin(heading) - s * 0.2 * radius * Math.sin(turned);
        return sum + Math.exp(-(nx * nx + ny * ny) / (0.05 * radius * radius));
      }, 0);
      const edge = Math.exp(-(((distance + 0.5) / 0.6) ** 2));
      const body = -0.19 * thick + granules - 0.07 * Math.min(1, lobes) - 0.05 * edge;
      const out = Math.max(0, distance);
      const halo = (0.26 - 0.1 * front) * Math.exp(-((out / 1.7) ** 2)) +
        0.05 * Math.exp(-out / 2.4);
      const i = (row * clip.width + column) * 3;
      const added = inside * body + (1 - inside) * halo;
      for (let c = 0; c < 3; c++) light[i + c] += added;
    }
  }
}
