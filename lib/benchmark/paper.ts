/** Figures reported in the paper: for comparison only, never output as results. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import type { Scale } from "../records/task.ts";

/** A figure for each scale. */
export type PerScale = Record<Scale, number>;

/** What the paper's leaderboard says of one model, mean scores from 0 to 100. */
export interface PaperModel extends PerScale {
  /** Its name there. */
  model: string;
  /** Mean over all tasks. */
  all: number;
  /** Mean of scientific fidelity, where the paper gives it. */
  scientific?: number;
  /** Mean of visual quality, where the paper gives it. */
  visual?: number;
  /** Mean of instruction following, where the paper gives it. */
  instruction?: number;
}

/** The paper's figures as `data/paper.json` holds them. */
export interface Paper {
  /** Where they were read. */
  source: string;
  /** Tasks of the benchmark. */
  tasks: number;
  /** Tasks of each scale. */
  tasks_per_scale: PerScale;
  /** The weights that criteria have. */
  weights: number[];
  /** Clips of the training set. */
  clips: number;
  /** Share of each scale in the training set. */
  mix: PerScale;
  /** The leaderboard. */
  models: PaperModel[];
}

const count = z.int().positive();
const percent = z.number().min(0).max(100);
const perScale = <T extends z.ZodType>(value: T) =>
  z.object({ organ: value, cell: value, subcellular: value });

const paperSchema: z.ZodType<Paper> = z.strictObject({
  source: z.string(),
  tasks: count,
  tasks_per_scale: perScale(count),
  weights: z.array(z.number()),
  clips: count,
  mix: perScale(z.number()),
  models: z.array(z.strictObject({
    model: z.string(),
    all: percent,
    organ: percent,
    cell: percent,
    subcellular: percent,
    scientific: percent.optional(),
    visual: percent.optional(),
    instruction: percent.optional(),
  })),
});

/**
 * Reads the paper's reported figures.
 *
 * @throws {InputError} if the file is missing or malformed.
 */
export async function readPaper(path: string): Promise<Paper> {
  try {
    return paperSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new InputError(`Cannot read the paper's figures from ${path}: ${problem}`);
  }
}
