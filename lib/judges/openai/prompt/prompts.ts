/** The prompts for judges. */
import { secondsOf } from "../../../video/timing.ts";
import { z } from "zod";
import type { Criterion, Dimension } from "../../../records/criterion.ts";
import type { Task } from "../../../records/task.ts";
import { readAnswer, type Reading } from "../answer/answer.ts";
import type { Shown } from "../../judge.ts";
import type { Reply } from "../client/types.ts";

/** A question's text: before and after the pictures, and the criteria that it covers. */
export interface Wording {
  before: string;
  /** Empty if nothing follows the pictures. */
  after: string;
  /** The criteria in the prompt. */
  asked: readonly Criterion[];
  /** Criteria that are not, each with the reason. */
  unasked: readonly { criterion: Criterion; reason: string }[];
}

/** A prompt format: how to ask for the verdicts of one dimension, and how to read the answer. */
export interface Prompt {
  readonly name: "repaired" | "as-released";
  /** Identifies everything that the text depends on in addition to task, criteria and clip. */
  readonly version: string;
  /**
   * Whether requests match the released evaluator's: no temperature, seed or response format,
   * repeated frames of short clips shown again, and no second attempt.
   */
  readonly bare: boolean;
  /** @param criteria Of one dimension, at least one, numbered by their position in the block. */
  compose(task: Task, criteria: readonly Criterion[], shown: Shown): Wording;
  /** @param ids The positions of the criteria asked. */
  read(reply: Reply, ids: readonly number[]): Reading;
}

/** Incremented whenever a change of the text can change an answer. */
const REPAIRED_VERSION = 1;

const MEANING: Record<Dimension, string> = {
  scientific: "scientific accuracy: is what happens true to biology and physics",
  visual: "visual quality: are the pictures clear, free of artefacts and steady over time",
  instruction: "instruction following: does the clip show what it was asked to show",
};

/**
 * The default prompt: the task, the requirement, the number and times of the frames, and each
 * criterion with its number and the meaning of "met". The part common to the three dimensions,
 * including the pictures, comes first, so that servers with prefix caching can reuse it.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { repairedPrompt } from "./prompts.ts";
 * import type { Criterion } from "../../../records/criterion.ts";
 *
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "A cell divides.",
 *   requirement: "Two daughters.", source: "" } as const;
 * const asked = { dimension: "visual", place: 1, sign: -1, description: "It flickers." };
 * const shown = { positions: [4, 12], total: 16, fps: 8, width: 64, height: 48 };
 * const { before, after } = repairedPrompt().compose(task, [asked as Criterion], shown);
 * assertOk(before.includes("16 frames at 8 per second, 2.00 s"));
 * assertOk(before.includes("2 frames of it, at 0.50, 1.50 s"));
 * assertOk(after.includes("1 (an error to look for): It flickers."));
 * ```
 */
export function repairedPrompt(): Prompt {
  return {
    name: "repaired",
    version: `repaired-${REPAIRED_VERSION}`,
    bare: false,
    compose: (task, criteria, shown) => ({
      before: theClip(task, shown),
      after: theQuestion(criteria),
      asked: criteria,
      unasked: [],
    }),
    read: readAnswer,
  };
}

/**
 * The message sent after an unusable answer.
 *
 * @param problem The problem, as reported by `readAnswer`.
 * @param ids The numbers of the criteria asked.
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { correction } from "./prompts.ts";
 *
 * assertOk(correction("the answer is empty", [1, 2]).includes("could not be used: the answer is empty."));
 * ```
 */
export function correction(problem: string, ids: readonly number[]): string {
  return `This could not be used: ${problem}. Judge the same frames again. ${howToAnswer(ids)}`;
}

const answerSchema = z.strictObject({
  criteria: z.array(z.strictObject({
    id: z.int().describe("the criterion's number"),
    reason: z.string().describe("what decides it, and in which frames"),
    met: z.boolean().describe("whether the quality, or the error, is there"),
  })),
});

/**
 * The answer's JSON schema, within the subset of strict structured output: every field required, no
 * additional ones, no bounds. The reason comes before the verdict, because a model writes fields in
 * this order. It is the same for every question, so that a server compiles it once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { answerJsonSchema } from "./prompts.ts";
 *
 * assertEquals(answerJsonSchema().required, ["criteria"]);
 * ```
 */
export function answerJsonSchema(): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(answerSchema, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.minimum;
      delete jsonSchema.maximum;
    },
  });
  return schema;
}

function theClip({ prompt, requirement }: Task, shown: Shown): string {
  const { positions, total, fps, width, height } = shown;
  const times = secondsOf(shown, positions).map((time) => time.toFixed(2)).join(", ");
  const rate = `${Number(fps.toFixed(3))} per second${shown.times ? " on average" : ""}`;
  // A single picture has no rate.
  const length = fps > 0 ? ` at ${rate}, ${(total / fps).toFixed(2)} s in all` : "";
  const count = positions.length === 1 ? "one frame" : `${positions.length} frames`;
  return [
    "You are an expert in microscopy and cell biology. You judge a short clip of the microscopic " +
    "world that a video model made.",
    `What the video model was asked for:\n${prompt}`,
    ...(requirement === "" ? [] : [`What the clip must show:\n${requirement}`]),
    `The clip has ${total} frames${length}, of ` +
    `${width} × ${height} pixels. You see ${count} of it, at ${times} s, in order of time:`,
  ].join("\n\n");
}

function theQuestion(criteria: readonly Criterion[]): string {
  const list = criteria.map(({ place, sign, description }) =>
    `${place} (${sign > 0 ? "a quality to find" : "an error to look for"}): ${description}`
  );
  return [
    `Judge the clip for ${MEANING[criteria[0].dimension]}.`,
    `Criteria:\n${list.join("\n")}`,
    "Judge each criterion by itself and only by what the frames show. A quality is met if the frames " +
    "show it; an error is met if the frames show that error. What the frames do not show is not met.",
    howToAnswer(criteria.map(({ place }) => place)),
  ].join("\n\n");
}

function howToAnswer(ids: readonly number[]): string {
  return `Answer with one JSON object and nothing else, with one entry for each of the criteria ` +
    `${ids.join(", ")}: first the reason in one or two sentences, naming the frames that decide, ` +
    `then met, true or false:\n` +
    `{"criteria": [{"id": ${ids[0]}, "reason": "…", "met": true}, …]}`;
}
