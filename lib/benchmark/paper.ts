/** Figures reported in the paper: for comparison only, never output as results. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import type { Scale } from "../records/task.ts";
import { zodText } from "../zod_text.ts";

/** One figure per scale. */
export type PerScale = Record<Scale, number>;

/** One model's entry in the paper's leaderboard, mean scores from 0 to 100. */
export interface PaperModel extends PerScale {
  /** The model's name in the paper. */
  model: string;
  /** Mean over all tasks. */
  all: number;
  /** Mean of scientific fidelity, if reported. */
  scientific?: number;
  /** Mean of visual quality, if reported. */
  visual?: number;
  /** Mean of instruction following, if reported. */
  instruction?: number;
}

/** The reported figures, as in `data/paper.json`. */
export interface Paper {
  /** Where they were taken from. */
  source: string;
  /** Number of tasks of the benchmark. */
  tasks: number;
  /** Number of tasks per scale. */
  tasks_per_scale: PerScale;
  /** The possible weights of criteria. */
  weights: number[];
  /** Number of clips in the training set. */
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
 * The paper's scores that a leaderboard on a benchmark shows for reference: all of them on the published
 * release, none elsewhere, since they are of its 459 tasks. A model of one's own that has the name of
 * one of the paper's is another one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { type Paper, paperReference } from "./paper.ts";
 *
 * const paper = { models: [{ model: "Veo3", all: 77.2 }] } as Paper;
 * assertEquals(paperReference({ paper, published: true }).length, 1);
 * assertEquals(paperReference({ paper, published: false }), []);
 * assertEquals(paperReference({ paper }), []);
 * ```
 */
export function paperReference(
  { paper, published }: { paper: Paper; published?: boolean },
): readonly PaperModel[] {
  return published ? paper.models : [];
}

/** Why the paper's scores are missing where one could expect them; null elsewhere. */
export function missingReference(
  { release, published }: { release?: unknown; published?: boolean },
): string | null {
  if (!release || published) return null;
  return "The paper's scores are not shown: the files of this release are not the published ones.";
}

/**
 * Reads the paper's reported figures.
 *
 * @throws {InputError} if the file is missing or malformed.
 */
export async function readPaper(path: string): Promise<Paper> {
  try {
    return paperSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const problem = error instanceof z.ZodError ? zodText(error) : messageOf(error);
    throw new InputError(`Cannot read the paper's figures from ${path}: ${problem}`);
  }
}
