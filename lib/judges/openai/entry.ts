/** The judge that asks a multimodal model, by name. */
import { resolve } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../errors.ts";
import { lazy } from "../../lazy.ts";
import { choice, count, flag, LARGEST, text } from "../../options.ts";
import { PROJECT } from "../../paths.ts";
import type { JudgeEntry } from "../judge_entry.ts";
import { addressOf, proxyOf } from "./client/address.ts";
import { trafficNotes } from "./client/traffic_notes.ts";

const KEY = "OPENAI_API_KEY";
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()]);
const DEFAULTS = { temperature: 0, seed: 0, max_tokens: 4096 };
/** A price or a budget above this is a mistake. */
const MOST_DOLLARS = 1_000_000;

const loadAsking = lazy<typeof import("./asking.ts")>(new URL("./asking.ts", import.meta.url));
const loadEstimate = lazy<typeof import("./estimate.ts")>(
  new URL("./estimate.ts", import.meta.url),
);
const loadBatch = lazy<typeof import("./batch/send.ts")>(
  new URL("./batch/send.ts", import.meta.url),
);

const options = z.object({
  "base-url": z.string().superRefine((typed, context) => {
    try {
      addressOf(typed);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
    }
  }).default("https://api.openai.com/v1").meta({
    value: "URL",
    help: `Any OpenAI-compatible server. Its key is read from ${KEY}.`,
    secret: true,
  }),
  header: z.string().regex(
    /^[\w!#$%&'*+.^`|~-]+=[A-Z_][A-Z0-9_]*(,[\w!#$%&'*+.^`|~-]+=[A-Z_][A-Z0-9_]*)*$/,
    "expected NAME=VARIABLE, where VARIABLE is an environment variable in capitals that holds the value",
  ).transform((list) => list.split(",").map((pair) => pair.split("=") as [string, string]))
    .optional().meta({
      value: "NAME=VAR",
      help: "A header whose value an environment variable holds; more after commas.",
      secret: true,
    }),
  concurrency: count("Requests under way at once, at most.", 16, 1024),
  timeout: count("Seconds that a request may take.", 180, 86_400),
  frames: count("Frames shown of a clip.", 8, 256),
  temperature: z.string().regex(/^(\d+(\.\d+)?|default)$/, "expected a number, or default")
    .transform((typed) => typed === "default" ? null : Number(typed))
    .refine((n) => n === null || n <= 2, "expected 2 at most")
    .default(DEFAULTS.temperature).meta({
      value: "X",
      help: "Sampling temperature; default leaves it to the server.",
    }),
  seed: z.string().regex(/^(\d+|none)$/, "expected a whole number, or none")
    .transform((typed) => typed === "none" ? null : Number(typed))
    .refine((n) => n === null || n <= LARGEST, `expected ${LARGEST} at most`)
    .default(DEFAULTS.seed).meta({
      value: "N",
      help: "Seed of the asked model's sampling; none sends none.",
    }),
  "max-tokens": count(
    "Tokens of an answer, thinking included; twice as many when it is cut off.",
    DEFAULTS.max_tokens,
    10_000_000,
  ),
  "reasoning-effort": z.string().regex(/^[a-z]+$/, "expected a word such as low, medium or high")
    .optional().meta({ value: "WORD", help: "How much a model that thinks is to think." }),
  prompt: choice(
    "Prompt, the latter with --evaluator",
    ["repaired", "as-released"],
    "repaired",
  ),
  evaluator: text("DIR", "Folder of the released video_evaluator.py, for --prompt as-released."),
  price: z.string().regex(/^\d+(\.\d+)?,\d+(\.\d+)?$/, "expected INPUT,OUTPUT")
    .transform((pair) => {
      const [input_per_million, output_per_million] = pair.split(",").map(Number);
      return { input_per_million, output_per_million };
    }).refine(
      ({ input_per_million, output_per_million }) =>
        Math.max(input_per_million, output_per_million) <= MOST_DOLLARS,
      `expected ${MOST_DOLLARS} US dollars at most`,
    ).optional().meta({
      value: "IN,OUT",
      help: "US dollars per million tokens, instead of data/prices.json.",
    }),
  budget: z.string().regex(/^\d+(\.\d+)?$/, "expected US dollars, such as 2.50")
    .transform(Number)
    .refine((n) => n > 0, "expected more than 0; to ask nothing, use --estimate")
    .refine((n) => n <= MOST_DOLLARS, `expected ${MOST_DOLLARS} at most`)
    .optional().meta({ value: "USD", help: "What this command may spend at most." }),
  answers: text("DIR", "Folder of kept answers; .cache/answers by default."),
  estimate: flag("Say what asking would take, and ask nothing."),
  "batch-api": flag("Ask through the Batch API: cheaper, within a day."),
  "retry-failed": flag("With --batch-api: ask one by one what batches did not answer."),
  "no-wait": flag("With --batch-api: send and look once, and leave the rest to a later call."),
});

type Options = z.output<typeof options>;

/** Asks a model through any OpenAI-compatible server. */
export const openai: JudgeEntry = {
  name: "openai",
  syntax: [{
    form: "openai:MODEL",
    help: "asks a multimodal model through any OpenAI-compatible server; better a dated snapshot",
  }],
  help: "asks a multimodal model",
  options,
  environment: ({ header = [] }) => [KEY, ...PROXIES, ...header.map(([, variable]) => variable)],
  async open({ spec, options, environment, note }) {
    const { MOST_ANSWER_TOKENS, prepareAsking } = await loadAsking();
    const { estimateAsking, estimateText, usageText } = await loadEstimate();
    const { sendBatches, withholdBatched } = await loadBatch();
    const { concurrency, timeout, frames, prompt, price, budget, estimate } = options;
    const { "base-url": baseUrl, "batch-api": batch, "no-wait": noWait } = options;
    const { "retry-failed": retryFailed } = options;
    const headers = headersOf(options.header ?? [], environment);
    if (noWait && !batch) throw new InputError("Cannot use --no-wait: it needs --batch-api");
    if (retryFailed && !batch) {
      throw new InputError("Cannot use --retry-failed: it needs --batch-api");
    }
    const asking = await prepareAsking({
      ...{ concurrency, price, baseUrl, estimate },
      name: spec.label,
      model: spec.argument!,
      // An estimate sends nothing.
      apiKey: estimate ? null : keyFor(baseUrl, environment[KEY], headers),
      headers,
      proxy: proxyOf(baseUrl, environment),
      timeoutMs: timeout * 1000,
      settings: { frames, ...samplingOf(options) },
      releasedEvaluator: evaluatorOf(prompt, options.evaluator),
      budget: budget ?? Infinity,
      answers: options.answers === undefined ? PROJECT.answers : resolve(options.answers),
      onEvent: trafficNotes(note),
    });
    if (prompt === "as-released" && budget !== undefined && !estimate) {
      note(
        `as released, but for a limit of ${MOST_ANSWER_TOKENS} tokens an answer: --budget needs one`,
      );
    }
    return {
      judge: asking.judge,
      again: asking.again,
      spent(options) {
        const usage = asking.spent(options);
        const { requests, maybe_billed_usd = 0, in_progress_usd = 0 } = usage;
        const isNothing = requests === 0 && maybe_billed_usd === 0 && in_progress_usd === 0;
        return isNothing ? null : { usage, text: usageText(usage) };
      },
      async prepare(work) {
        if (estimate) {
          const settings = { ...asking.settings, repeat: work.repeat };
          const taken = estimateAsking(work, { ...asking, settings }, batch);
          return { proceed: false, text: estimateText(taken, asking) };
        }
        if (batch) return await sendBatches(work, asking, { wait: !noWait, retryFailed, note });
        await withholdBatched(work, asking, note);
        return { proceed: true };
      },
    };
  },
} satisfies JudgeEntry<Options>;

/** The key, if any; a server that is known to want one is not asked without. */
function keyFor(
  baseUrl: string,
  key: string | undefined,
  headers: Readonly<Record<string, string>>,
): string | null {
  const own = Object.keys(headers).some((name) => /^(authorization|api-key)$/i.test(name));
  if (!key && !own && new URL(baseUrl).hostname === "api.openai.com") {
    throw new InputError(`Found no key: set ${KEY}, or name another server with --base-url`);
  }
  return key ? headerValue(key, KEY) : null;
}

/** A value that goes into a header: a file read with its line breaks makes none. */
function headerValue(value: string, variable: string): string {
  const trimmed = value.trim();
  if (/^[\x20-\x7e\x80-\xff]+$/.test(trimmed)) return trimmed;
  throw new InputError(
    `Cannot send the value of ${variable} in a header: it ${
      trimmed === ""
        ? "is white space alone"
        : "holds a line break or another character that none may"
    }`,
  );
}

/** Headers with the values of their variables. */
function headersOf(
  named: readonly [string, string][],
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(named.map(([name, variable]) => {
    const value = environment[variable];
    if (value) return [name, headerValue(value, variable)];
    throw new InputError(
      `Found no value for the header ${name} of --header: set the environment variable ${variable}`,
    );
  }));
}

/** What is asked for beside the prompt; the released prompt asks for nothing. */
function samplingOf(options: Options) {
  const { temperature, seed, prompt } = options;
  const { "max-tokens": max_tokens, "reasoning-effort": reasoning_effort } = options;
  const asked = { temperature, seed, max_tokens, ...(reasoning_effort && { reasoning_effort }) };
  if (prompt !== "as-released") return asked;
  const other = Object.entries(asked).find(([name, value]) =>
    DEFAULTS[name as keyof typeof DEFAULTS] !== value
  );
  if (other === undefined) return {};
  throw new InputError(
    `Cannot use --${other[0].replace("_", "-")} with --prompt as-released, which sends nothing ` +
      "beside the prompt and the pictures",
  );
}

function evaluatorOf(prompt: string, folder: string | undefined): string | undefined {
  if (prompt !== "as-released") return undefined;
  if (folder !== undefined) return `${folder}/video_evaluator.py`;
  throw new InputError(
    "--prompt as-released needs --evaluator DIR, the folder of the released video_evaluator.py",
  );
}
