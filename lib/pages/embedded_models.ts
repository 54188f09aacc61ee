/** The embedded models as a notebook shows them: whether they are there, their words, their training. */
import { join } from "node:path";
import { pieceIds, wordsOf } from "../models/nano/words.ts";
import { PROJECT } from "../paths.ts";
import { type TrainingReport, trainingTable } from "../records/training.ts";
import { exists } from "../store/file.ts";
import { readTableIfAny } from "../store/table.ts";

/** Whether the embedded models' weights are here. */
export async function hasEmbeddedModels(): Promise<boolean> {
  return await exists(join(PROJECT.models, "models.json"));
}

/** The log of the embedded models' training; null where it is not here. */
export async function readTraining(): Promise<TrainingReport[] | null> {
  return await readTableIfAny(trainingTable, join(PROJECT.models, "training.arrow"));
}

/** A word of a prompt as the text encoder reads it. */
export interface PromptWord {
  /** In lower case. */
  word: string;
  /** The word itself and its runs of three letters. */
  pieces: number;
  /** Each piece's row in the table of vectors. */
  rows: string;
}

/**
 * The words of a prompt as the embedded models' text encoder reads them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { promptWords } from "./embedded_models.ts";
 *
 * assertEquals(promptWords("A cell.").map(({ word, pieces }) => [word, pieces]), [["a", 2], ["cell", 5]]);
 * ```
 */
export function promptWords(prompt: string): PromptWord[] {
  return wordsOf(prompt).map((word) => {
    const rows = pieceIds(word).filter((row) => row > 0);
    return { word, pieces: rows.length, rows: rows.join(" ") };
  });
}
