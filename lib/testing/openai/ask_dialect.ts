/** Asks questions in a dialect, and says what became of them. */
import { InputError, messageOf } from "../../errors.ts";
import type { Ruling } from "../../judges/judge.ts";
import type { PicturedClip } from "../../judges/judge.ts";
import type { JudgeUsage } from "../../judges/judge_entry.ts";
import { prepareAsking } from "../../judges/openai/asking.ts";
import { block, TASK } from "./asking.ts";
import { QUESTIONS, type ServerDialect } from "./dialect.ts";
import { type DialectRequest, type DialectServer, dialectServer } from "./dialect_server.ts";

/** What became of {@link QUESTIONS} questions. */
export interface DialectOutcome {
  /** Of every question that was judged, one after another. */
  rulings: Ruling[];
  /** The one line that ended it; null if nothing did. */
  line: string | null;
  requests: readonly DialectRequest[];
  usage: JudgeUsage;
}

/** One pixel: what pictures show is not their server's matter. */
const PICTURE = "data:image/jpeg;base64,/9j/4AAQSkZJRg==";

/**
 * Asks a dialect's server {@link QUESTIONS} questions of three criteria, and again in another run,
 * which finds what the first has kept.
 *
 * @param options.answers Folder of kept answers.
 * @param options.concurrency Questions at once; 1 by default, so that requests can be counted.
 */
export async function askDialect(
  dialect: ServerDialect,
  { answers, concurrency = 1 }: { answers: string; concurrency?: number },
): Promise<{ first: DialectOutcome; again: DialectOutcome }> {
  await using server = dialectServer(dialect.answer);
  const first = await askServer(dialect, server, answers, concurrency);
  return { first, again: await askServer(dialect, server, answers, concurrency) };
}

async function askServer(
  dialect: ServerDialect,
  server: DialectServer,
  answers: string,
  concurrency: number,
): Promise<DialectOutcome> {
  const before = server.requests.length;
  const asking = await prepareAsking({
    model: "gpt-4o",
    baseUrl: server.origin + (dialect.path ?? "/v1"),
    apiKey: dialect.apiKey ?? null,
    headers: dialect.headers,
    concurrency,
    timeoutMs: 5000,
    maxBackoffMs: 1,
    settings: dialect.settings ?? {},
    price: { input_per_million: 1, output_per_million: 1 },
    budget: Infinity,
    answers,
  });
  const rulings: Ruling[] = [];
  let line: string | null = null;
  const next = Array.from({ length: QUESTIONS }, (_, i) => i + 1);
  const work = async () => {
    for (let nth = next.shift(); nth !== undefined && line === null; nth = next.shift()) {
      const task = { ...TASK, prompt: `Clip ${nth} shows a cell that divides.` };
      try {
        const judged = await asking.judge.judge(task, block(3), clipOf(nth), {});
        rulings.push(...judged.rulings);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        line = messageOf(error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { rulings, line, requests: server.requests.slice(before), usage: asking.spent() };
}

function clipOf(nth: number): PicturedClip {
  return {
    ...{ positions: [0, 1], total: 2, fps: 8, width: 64, height: 48 },
    hash: `clip ${nth}`,
    urls: () => Promise.resolve([PICTURE, PICTURE]),
  };
}
