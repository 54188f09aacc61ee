/** Asks one question until there is a usable answer or a reason for its absence. */
import { type AnsweredCriterion, excerpt, lacksRoom } from "../answer/answer.ts";
import { correction } from "../prompt/prompts.ts";
import {
  firstKeys,
  type Form,
  type Question,
  type RequestSize,
  type Turn,
} from "../prompt/question.ts";
import type { Dialect } from "./dialect.ts";
import type { UsableAnswers } from "./usable.ts";
import { type DialectMemory, ROOMS } from "./dialect_memory.ts";
import { formNow, keptAnswer, nextForm, notesOf } from "./forms.ts";
import {
  type Charge,
  type ChatBody,
  type ChatClient,
  NotSent,
  PayloadTooLarge,
  type Reply,
  RequestFailed,
} from "./types.ts";

/** A cache of answers. */
export interface AnswerCache {
  get(key: string): Promise<Reply | null>;
  put(key: string, reply: Reply): Promise<void>;
}

/** The context of asking. */
export interface AskContext {
  client: ChatClient;
  answers: AnswerCache;
  /** Cost of an answer in US dollars. */
  cost(reply: Reply): number;
  /**
   * Sets aside the most that an attempt can cost, before it is sent.
   *
   * @param size What the question says of the request: the sizes of its pictures.
   * @param sent The request as the attempt sends it.
   * @throws {InputError} if the budget does not allow it.
   */
  reserve?(
    size: RequestSize,
    sent: ChatBody,
    options: { signal?: AbortSignal },
  ): Promise<Charge>;
  /**
   * Called once an answer is kept.
   *
   * @throws {InputError} if the server has cost more than it was allowed to, which ends the run.
   */
  checkSpending?(): void;
  /** A request with a limit on the tokens of its answer, where it needs one and has none. */
  limited?(body: ChatBody, cap?: Dialect["cap"]): ChatBody;
  /**
   * Why a request is not to be sent, if it is not.
   *
   * @param keys Of its question in the first forms of all dialects; none for a correction.
   */
  withheld?(keys: readonly string[]): string | undefined;
  /** Whether the server's answers can be used, counted over all questions; not counted where absent. */
  usable?: UsableAnswers;
  /** The server's dialect, shared by all questions, so that only one of them finds it out. */
  server: DialectMemory;
}

/** The result of asking. */
export interface Asked {
  /** One for each criterion asked; null if there was no usable answer. */
  answered: AnsweredCriterion[] | null;
  /** Why there is no usable answer; otherwise empty. */
  problem: string;
  /** Remarks on the answer: reduced pictures, another snapshot, a second attempt. */
  notes: string[];
  /** The start of the last unusable answer. */
  said: string;
  attempts: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** Of these, tokens of thinking. */
  reasoning_tokens: number;
  /** Cost in US dollars of requests sent now; cached answers cost nothing. */
  cost_usd: number;
}

/** Forms that one question is sent in, at most, after the first. */
const MOST_REFUSED = 12;
/** Number of characters of an answer quoted with its correction. */
const QUOTED = 4000;

/**
 * Asks a question: a cached answer is used if there is one; a new answer is cached before anything
 * else. An unusable answer is retried once, quoting the problem; one that lacked room, with twice
 * the room. What the server refuses of the request is sent in its other form. If both answers come from the
 * cache and are unusable, the question is asked again, so that a later run can recover from an
 * earlier failure.
 *
 * @throws {InputError} for errors that affect every question: no access, no such model, no budget.
 * @throws The signal's reason if aborted.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { ask } from "./ask.ts";
 * import { newMemory } from "./dialect_memory.ts";
 * import { askSettings } from "../judge.ts";
 * import { questioner } from "../prompt/question.ts";
 * import { block, clip, memoryAnswers, replyOf, scriptedClient, TASK } from "../../../testing/openai/asking.ts";
 *
 * const question = questioner(askSettings("m"))(TASK, block(1), clip());
 * const good = replyOf('{"criteria": [{"id": 1, "reason": "Seen.", "met": true}]}');
 * const client = scriptedClient([replyOf("Yes."), good]);
 * const answers = memoryAnswers();
 * const asked = await ask(question, { client, answers, cost: () => 0, server: newMemory() });
 * assertEquals(asked.answered, [{ id: 1, met: true, reason: "Seen." }]);
 * assertEquals([asked.attempts, answers.replies.size], [2, 2]);
 * ```
 */
export async function ask(
  question: Question,
  context: AskContext,
  options: { signal?: AbortSignal } = {},
): Promise<Asked> {
  const kept = await converse(question, context, true, options.signal);
  const again = kept.answered === null && !kept.sent;
  const { sent: _, failed, ...asked } = again
    ? await converse(question, context, false, options.signal)
    : kept;
  // What failed without an answer is counted by the client.
  if (!failed) context.usable?.count(asked);
  return asked;
}

/** The question and, if its answer is unusable, its correction. */
async function converse(
  question: Question,
  context: AskContext,
  useCache: boolean,
  signal: AbortSignal | undefined,
): Promise<Asked & { sent: boolean; failed: boolean }> {
  const asked = {
    answered: null as AnsweredCriterion[] | null,
    problem: "",
    notes: [] as string[],
    said: "",
    attempts: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    reasoning_tokens: 0,
    cost_usd: 0,
    sent: false,
    failed: false,
  };
  let turns: Turn[] = [];
  let again = false;
  let form = formNow(question, context.server);
  for (;;) {
    let answer: Answer;
    try {
      answer = await answerTo(question, form, { turns, again }, context, useCache, signal);
    } catch (error) {
      if (!(error instanceof RequestFailed || error instanceof PayloadTooLarge)) throw error;
      const notSent = error instanceof NotSent;
      const first = again ? `${asked.problem}; ${notSent ? "not " : ""}asked again: ` : "";
      return {
        ...asked,
        problem: `${first}${error.message}`,
        attempts: asked.attempts + (notSent ? 0 : 1),
        sent: true,
        failed: true,
      };
    }
    const { reply } = answer;
    form = answer.form;
    asked.sent ||= !answer.cached;
    asked.attempts += reply.attempts + answer.refused;
    asked.prompt_tokens += reply.prompt_tokens;
    asked.completion_tokens += reply.completion_tokens;
    asked.reasoning_tokens += reply.reasoning_tokens ?? 0;
    asked.cost_usd += answer.cost_usd;
    const reading = question.read(reply);
    if ("answered" in reading) {
      if (again && turns.length === 0 && answer.sent) context.server.neededRoom();
      const notes = notesOf(question, form, reply, again ? asked.problem : null);
      return { ...asked, answered: reading.answered, problem: "", notes, said: "" };
    }
    asked.said = reply.content === null ? "" : excerpt(reply.content, 200);
    if (again || !question.reasks) {
      if (again && asked.problem === reading.problem) {
        return { ...asked, problem: `${reading.problem}, also when asked again` };
      }
      const before = again ? "; when asked again, " : "";
      return { ...asked, problem: `${asked.problem}${before}${reading.problem}` };
    }
    again = true;
    asked.problem = reading.problem;
    const wider = { ...form, room: 2 * (form.room ?? 1) };
    if (lacksRoom(reply) && (question.limit(wider) ?? 0) > (question.limit(form) ?? 0)) {
      asked.problem += ` of ${question.limit(form)}`;
      form = wider;
      continue;
    }
    const ids = question.asked.map(({ place }) => place);
    turns = [
      { role: "assistant", content: reply.content?.slice(0, QUOTED) || "(nothing)" },
      { role: "user", content: correction(reading.problem, ids) },
    ];
  }
}

interface Answer {
  reply: Reply;
  /** The form in which it was finally asked. */
  form: Form;
  /** Whether it came from the cache. */
  cached: boolean;
  /** Whether it was sent now. */
  sent: boolean;
  /** Requests that were refused before it. */
  refused: number;
  cost_usd: number;
}

/** The cached answer, or the server's, in the first form that the server accepts. */
async function answerTo(
  question: Question,
  asked: Form,
  { turns, again }: { turns: readonly Turn[]; again: boolean },
  context: AskContext,
  useCache: boolean,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const room = asked.room ?? 1;
  // What was cut off with less room is no answer to the question with more.
  const rooms = again ? [room] : [...new Set([room, ...ROOMS])];
  for (let form = asked, refused = 0;; refused++) {
    signal?.throwIfAborted();
    const kept = useCache ? await keptAnswer(question, form, turns, rooms, context) : null;
    if (kept) return { ...kept, refused, cached: true, sent: false, cost_usd: 0 };
    try {
      const sent = await send(question, question.key(form, turns), form, turns, context, signal);
      if (refused > 0 && form.dialect) {
        context.server.adopt(form.dialect);
        await context.server.confirm();
      }
      return { ...sent, form, refused, cached: false, sent: true };
    } catch (error) {
      if (refused === MOST_REFUSED) throw error;
      form = nextForm(question, form, context, error);
    }
  }
}

async function send(
  question: Question,
  key: string,
  form: Form,
  turns: readonly Turn[],
  context: AskContext,
  signal: AbortSignal | undefined,
): Promise<{ reply: Reply; cost_usd: number }> {
  const { withheld, server } = context;
  context.usable?.check();
  const reason = withheld?.(turns.length > 0 ? [] : firstKeys(question, server.forms));
  if (reason) throw new NotSent(reason);
  const asked = await question.body(form, turns);
  const body = context.limited?.(asked, form.dialect?.cap) ?? asked;
  const size = question.size(form, turns);
  const reply = await context.client.send(body, {
    signal,
    reserve: context.reserve && ((sent) => context.reserve!(size, sent, { signal })),
  });
  await context.answers.put(key, reply);
  await context.server.confirm();
  context.checkSpending?.();
  return { reply, cost_usd: context.cost(reply) };
}
