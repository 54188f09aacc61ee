/** The simulated worlds as a model, by name. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import { optionalCount, text } from "../options.ts";
import { DEFAULT_CLIP } from "../sim/default_clip.ts";
import { nearest } from "../registry.ts";
import { violationNames } from "../worlds/registry.ts";
import { sizeOption } from "./clip_size.ts";
import type { VideoModel } from "./video_model.ts";

const load = lazy<typeof import("./simulator.ts")>(new URL("./simulator.ts", import.meta.url));

const options = z.object({
  violation: text("NAME", "Plant this violation, or each of a world's in turn by seed: each."),
  size: sizeOption(DEFAULT_CLIP, { sides: [32, 2048], frames: [1, 1000] }),
  fps: optionalCount("Frames per second.", 240).meta({
    value: "N",
    help: "Frames per second.",
    initial: String(DEFAULT_CLIP.fps),
  }),
});

/** The true micro-worlds, or with one thing wrong. */
export const simulator: VideoModel = {
  name: "simulator",
  syntax: [
    { form: "simulator", help: "the true micro-worlds of mini: the ceiling" },
    {
      form: "simulator:each",
      help: "with each of a world's violations in turn by seed, as violator",
    },
    { form: "simulator:NAME", help: "with one violation, in the worlds that have it, as NAME" },
  ],
  help: "the micro-worlds of mini, true or with one thing wrong",
  options,
  simulated: true,
  check({ argument }, { violation }) {
    const planted = violationNames();
    const known = ["each", ...planted];
    for (const name of [argument, violation]) {
      if (typeof name !== "string" || known.includes(name)) continue;
      const guess = nearest(name, known);
      throw new InputError(
        `Cannot plant ${name}; ${
          guess ? `did you mean ${guess}? Expected` : "expected"
        } each or one of ` +
          planted.join(", "),
      );
    }
  },
  async open(
    { spec, options, loaded: { benchmark, scenes } },
  ) {
    const { simulator } = await load();
    if (!scenes) {
      throw new InputError(
        `The model ${spec.text} simulates the worlds of mini; ${benchmark.name} has none`,
      );
    }
    const { argument, label: name } = spec;
    if (argument !== undefined && options.violation !== undefined) {
      throw new InputError(
        `Cannot plant both ${argument} and ${options.violation}; expected ${spec.text}, or ` +
          `simulator with --violation ${options.violation}`,
      );
    }
    const { size, fps } = options;
    return simulator({ scenes, name, violation: argument ?? options.violation, ...size, fps });
  },
} satisfies VideoModel<z.output<typeof options>>;
