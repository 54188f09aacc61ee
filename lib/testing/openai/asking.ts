/** Task, clip and criteria for tests of asking models. */
import type { Criterion } from "../../records/criterion.ts";
import type { Task } from "../../records/task.ts";
import { movingDisc } from "../video.ts";
import type { Video } from "../../video/types.ts";
import type { AnswerCache } from "../../judges/openai/client/ask.ts";
import type { ChatBody, ChatClient, Reply } from "../../judges/openai/client/types.ts";

export const TASK: Task = {
  benchmark: "mini",
  task: 7,
  scale: "cell",
  prompt: "A cell divides into two daughters.",
  requirement: "The spindle is seen before the cell pinches.",
  source: "mitosis",
};

/** Criteria 1 to `count` of one dimension; the last is a penalty. */
export function block(count = 3, dimension: Criterion["dimension"] = "scientific"): Criterion[] {
  return Array.from({ length: count }, (_, i) => ({
    benchmark: "mini",
    task: TASK.task,
    id: `${dimension}-${i + 1}`,
    dimension,
    place: i + 1,
    criterion: i + 1,
    description: `Statement ${i + 1} of ${dimension}.`,
    sign: i + 1 < count ? 1 : -1,
    weight: 1,
    raw_weight: 3,
    probe: "",
  }));
}

/** A clip of moving shapes; each `shift` gives a different clip. */
export function clip(frames = 24, shift = 0): Video {
  const video = movingDisc(frames + shift, 96, 64, 12);
  return { ...video, frames: video.frames.slice(shift) };
}

/** A reply with the text `content`. */
export function replyOf(content: string | null, more: Partial<Reply> = {}): Reply {
  return {
    content,
    refusal: null,
    finish_reason: "stop",
    model: "m",
    prompt_tokens: 1000,
    completion_tokens: 100,
    latency_ms: 5,
    attempts: 1,
    ...more,
  };
}

/** The text of a valid answer. */
export function verdictsText(verdicts: readonly boolean[]): string {
  const criteria = verdicts.map((met, i) => ({ id: i + 1, reason: `Reason ${i + 1}.`, met }));
  return JSON.stringify({ criteria });
}

/** An in-memory answer cache, in insertion order. */
export function memoryAnswers(): AnswerCache & { replies: Map<string, Reply> } {
  const replies = new Map<string, Reply>();
  return {
    replies,
    get: (key) => Promise.resolve(replies.get(key) ?? null),
    put: (key, reply) => Promise.resolve(void replies.set(key, reply)),
  };
}

/**
 * A client that returns these replies in turn, throws those that are errors, and records the
 * requests. Replies are settled, errors released.
 */
export function scriptedClient(
  script: readonly (Reply | Error)[],
): ChatClient & { sent: ChatBody[] } {
  const sent: ChatBody[] = [];
  return {
    sent,
    async send(body, { reserve }) {
      const charge = await reserve?.(body);
      const next = script[sent.length];
      sent.push(body);
      if (next === undefined) throw new Error(`nothing is scripted for request ${sent.length}`);
      if (next instanceof Error) {
        charge?.release();
        throw next;
      }
      charge?.settle(next);
      return next;
    },
  };
}
