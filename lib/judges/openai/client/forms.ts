/** The forms in which a question is sent, one after another, until the server takes one. */
import { loweredTo } from "../prompt/pictures.ts";
import { firstForm, type Form, type Question, type Turn } from "../prompt/question.ts";
import { dialectNotes, PLAIN } from "./dialect.ts";
import type { DialectMemory } from "./dialect_memory.ts";
import { otherForm } from "./refusal.ts";
import { type ChatClient, PayloadTooLarge, type Reply, RequestFailed } from "./types.ts";

/** The form in which a question is asked first, by what is known of the server now. */
export function formNow(question: Question, { known, room }: DialectMemory): Form {
  return { ...firstForm(question, known), ...(room > 1 && { room }) };
}

/** The next form to try after an error about the form; rethrows other errors. */
export function nextForm(
  question: Question,
  form: Form,
  { client, server }: { client: ChatClient; server: DialectMemory },
  error: unknown,
): Form {
  if (error instanceof PayloadTooLarge && form.step + 1 < question.steps.length) {
    return { ...form, step: form.step + 1 };
  }
  if (error instanceof RequestFailed && error.refusal && error.sent) {
    const { dialect = PLAIN, room, step } = form;
    const found = otherForm(error.refusal, { ...dialect, mode: form.mode }, error.sent);
    if (found) {
      // Of many concurrent requests, the first to be refused changes the form for all.
      const learnt = server.learn(dialect, found);
      const next = { ...firstForm(question, learnt), step, ...(room && { room }) };
      const { image, cap } = next.dialect ?? PLAIN;
      // Keys leave out pictures, and the limit that a budget adds to a request.
      const isOther = image !== dialect.image || cap !== dialect.cap ||
        question.key(next) !== question.key(form);
      if (isOther) return next;
    }
  }
  throw (error instanceof Error && client.gaveUp?.(error)) || error;
}

/**
 * A kept answer: to the question in this form, or as it was asked before the form was known.
 *
 * @param rooms The rooms that it may have had.
 */
export async function keptAnswer(
  question: Question,
  form: Form,
  turns: readonly Turn[],
  rooms: readonly number[],
  { answers, server }: {
    answers: { get(key: string): Promise<Reply | null> };
    server: DialectMemory;
  },
): Promise<{ reply: Reply; form: Form } | null> {
  const looked = new Set<string>();
  for (const dialect of [form.dialect ?? PLAIN, ...server.forms]) {
    for (const room of rooms) {
      const other = { ...firstForm(question, dialect), step: form.step, room };
      const key = question.key(other, turns);
      if (looked.has(key)) continue;
      looked.add(key);
      const reply = await answers.get(key);
      if (reply) return { reply, form: other };
    }
  }
  return null;
}

/** What is to be known of an answer beside its verdicts: how it was asked, and who answered. */
export function notesOf(
  { model, steps, modes }: Question,
  { step, mode, dialect = PLAIN, room = 1 }: Form,
  reply: Reply,
  problem: string | null,
): string[] {
  const sentAs = dialectNotes({ ...dialect, mode: modes.length > 1 ? mode : PLAIN.mode });
  return [
    ...(reply.model === model ? [] : [`answered by ${reply.model}`]),
    ...sentAs,
    ...(room > 1 ? [`${room} times the tokens`] : []),
    ...(step > 0 ? [loweredTo(steps[0], steps[step])] : []),
    ...(problem === null ? [] : [`second answer: of the first, ${problem}`]),
    ...(reply.uncounted ? ["the server did not count its tokens"] : []),
  ];
}
