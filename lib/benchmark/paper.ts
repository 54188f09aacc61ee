/** Figures reported in the paper: for comparison only, never output as results. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";

const count = z.int().positive();
const percent = z.number().min(0).max(100);
const perScale = <T extends z.ZodType>(value: T) =>
  z.object({ organ: value, cell: value, subcellular: value });

const paperSchema = z.strictObject({
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

/** The reported figures, as in `data/paper.json`. */
export type Paper = z.infer<typeof paperSchema>;

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
