/** The judge that asks a multimodal model, one request for a clip and a dimension. */
import type { Judge, Judgement, PictureSettings, Ruling } from "../judge.ts";
import { ask, type AskContext, type Asked } from "./client/ask.ts";
import { type DialectMemory, newMemory } from "./client/dialect_memory.ts";
import { openFrameEncoder } from "./prompt/frame_encoder.ts";
import { PICTURES, RELEASED_PICTURES } from "./prompt/pictures.ts";
import { type Prompt, repairedPrompt } from "./prompt/prompts.ts";
import { type AskSettings, type Question, questioner } from "./prompt/question.ts";
import type { ChatClient } from "./client/types.ts";

/** See {@link openaiJudge}. */
export interface OpenaiJudgeOptions extends Omit<AskContext, "server"> {
  /** What is known of the server; found out anew where absent. */
  server?: DialectMemory;
  /** As the server calls it; better a snapshot than a name that moves. */
  model: string;
  /** Name in tables; `openai`, or `openai-as-released` with the released prompt, where absent. */
  name?: string;
  client: ChatClient;
  /** Calls that may be under way at once. */
  concurrency: number;
  /** What differs from {@link askSettings}' defaults. */
  settings?: Partial<Omit<AskSettings, "model">>;
}

/**
 * What a model is asked with, unless told otherwise: the repaired prompt, 8 frames of 768 px at most,
 * temperature 0, seed 0. The prompt as released has pictures of full size and quality 100.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { askSettings } from "./judge.ts";
 *
 * assertEquals(askSettings("gpt-4o", { frames: 16 }).frames, 16);
 * ```
 */
export function askSettings(
  model: string,
  settings: Partial<Omit<AskSettings, "model">> = {},
): AskSettings {
  const prompt: Prompt = settings.prompt ?? repairedPrompt();
  const pictures: PictureSettings = prompt.bare ? RELEASED_PICTURES : PICTURES;
  return {
    frames: 8,
    pictures,
    temperature: 0,
    seed: 0,
    max_tokens: null,
    repeat: 0,
    ...settings,
    prompt,
    model,
  };
}

/**
 * A judge that asks a model through a {@link ChatClient}. Every criterion gets the answer's verdict
 * with the model's own words as evidence, or null with the reason why there is no usable answer. A
 * reason beside a verdict says what is to be known of it: that pictures were lowered, which snapshot
 * answered, that the first answer could not be used.
 *
 * @throws {InputError} from `judge`, for what would befall every clip: no access, no such model, no
 * budget.
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { openaiJudge } from "./judge.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import type { Reply } from "./client/types.ts";
 *
 * const content = '{"criteria": [{"id": 1, "reason": "Sharp in all frames.", "met": true}]}';
 * const reply = { content, refusal: null, finish_reason: "stop", model: "gpt-4o" } as Reply;
 * const kept = new Map<string, Reply>();
 * const judge = openaiJudge({
 *   model: "gpt-4o",
 *   concurrency: 1,
 *   client: { send: () => Promise.resolve(reply) },
 *   answers: {
 *     get: (key) => Promise.resolve(kept.get(key) ?? null),
 *     put: (key, answer) => Promise.resolve(void kept.set(key, answer)),
 *   },
 *   cost: () => 0.01,
 * });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "A cell divides.",
 *   requirement: "", source: "" } as const;
 * const criterion = { id: "sharp", dimension: "visual", place: 1, sign: 1, description: "It is sharp." };
 * const video = { width: 64, height: 48, fps: 8, frames: [new Uint8Array(64 * 48 * 3)] };
 * const { rulings } = await judge.judge(task, [criterion as Criterion], video, {});
 * assertEquals([rulings[0].met, rulings[0].evidence], [true, "Sharp in all frames."]);
 * assertEquals(kept.size, 1);
 * ```
 */
export function openaiJudge(options: OpenaiJudgeOptions): Judge {
  const { model, concurrency } = options;
  const settings = askSettings(model, options.settings);
  const questionOf = questioner(settings);
  const context: AskContext = { ...options, server: options.server ?? newMemory() };
  return {
    // Asked in other words it is another judge: its verdicts stand beside these, not in their place.
    name: options.name ?? (settings.prompt.bare ? "openai-as-released" : "openai"),
    model,
    fingerprint: () => fingerprintOf(settings),
    frames: settings.frames,
    pictures: { settings: settings.pictures, repeats: settings.prompt.bare },
    openEncoder: openFrameEncoder,
    per: "dimension",
    concurrency,
    retriesNulls: true,
    async judge(task, criteria, video, { signal }) {
      if (criteria.length === 0) return { rulings: [] };
      if ("frames" in video && video.frames.length === 0) {
        const reason = "the clip has no frames";
        const unjudged = { met: null, reason, evidence: "" };
        return {
          rulings: criteria.map(({ id }) => ({ id, ...unjudged })),
        };
      }
      const question = questionOf(task, criteria, video);
      const asked = question.asked.length === 0 ? null : await ask(question, context, { signal });
      return judgementOf(question, asked);
    },
  };
}

/** All that a verdict depends on beside task, criteria and frames, in one word. */
function fingerprintOf({ prompt, ...settings }: AskSettings): string {
  const sent = prompt.bare
    ? { ...settings, temperature: null, seed: null, max_tokens: null }
    : settings;
  return `openai ${prompt.version} ${JSON.stringify(sent)}`;
}

function judgementOf(question: Question, asked: Asked | null): Judgement {
  const unasked = question.unasked.map(({ criterion, reason }): Ruling => ({
    id: criterion.id,
    met: null,
    reason,
    evidence: "",
  }));
  const rulings = question.asked.map(({ id, place }): Ruling => {
    const answer = asked?.answered?.find((entry) => entry.id === place);
    return answer
      ? {
        id,
        met: answer.met,
        reason: asked!.notes.join("; "),
        evidence: answer.reason,
      }
      : { id, met: null, reason: asked!.problem, evidence: asked!.said };
  });
  const { attempts = 0, prompt_tokens = 0, completion_tokens = 0, cost_usd = 0 } = asked ?? {};
  const { reasoning_tokens = 0 } = asked ?? {};
  const { prompt_hash } = question;
  return {
    rulings: [...rulings, ...unasked],
    usage: {
      ...{ attempts, prompt_tokens, completion_tokens, cost_usd, prompt_hash },
      ...(reasoning_tokens > 0 && { reasoning_tokens }),
    },
  };
}
