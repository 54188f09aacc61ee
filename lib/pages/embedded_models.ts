/** The embedded models in a notebook: availability, tokenisation, training. */
import { join } from "node:path";
import { pieceIds, wordsOf } from "../models/nano/words.ts";
import { PROJECT } from "../paths.ts";
import { type TrainingReport, trainingTable } from "../records/training.ts";
import { exists } from "../store/file.ts";
import { readTableIfAny } from "../store/table.ts";

/** Whether the embedded models' weights are available. */
export async function hasEmbeddedModels(): Promise<boolean> {
  return await exists(join(PROJECT.models, "models.json"));
}

/** The log of the embedded models' training; null if not available. */
export async function readTraining(): Promise<TrainingReport[] | null> {
  return await readTableIfAny(trainingTable, join(PROJECT.models, "training.arrow"));
}

/** A word of a prompt as read by the text encoder. */
export interface PromptWord {
  /** In lower case. */
  word: string;
  /** The word itself and its character trigrams. */
  pieces: number;
  /** The row of each piece in the embedding table. */
  rows: string;
}

/**
 * Splits a prompt into words, as the embedded models' text encoder does.
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
