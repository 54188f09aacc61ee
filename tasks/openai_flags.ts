/** Flags of the judge that asks a model, for the tasks that can use it. */
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import { PROJECT } from "../lib/paths.ts";
import { type Asking, prepareAsking } from "../lib/runs/ask.ts";
import type { Parsed, TaskContext } from "./cli.ts";
import { count, text } from "./flags.ts";

const dollars = z.string().regex(/^\d+(\.\d+)?$/, "expected US dollars, such as 2.50")
  .transform(Number);

export const openaiFlags = {
  model: text("NAME", "Model to ask, as the server calls it; better a dated snapshot."),
  "base-url": {
    schema: z.url("expected an address such as http://localhost:8000/v1")
      .default("https://api.openai.com/v1"),
    value: "URL",
    help: "Any OpenAI-compatible server. Its key is read from OPENAI_API_KEY.",
  },
  concurrency: count("Requests under way at once, at most.", 16),
  timeout: count("Seconds that a request may take.", 180),
  frames: count("Frames shown of a clip.", 8),
  prompt: {
    schema: z.enum(["repaired", "as-released"], "expected repaired or as-released")
      .default("repaired"),
    value: "NAME",
    help: "repaired, or as-released (needs --released).",
  },
  released: text("DIR", "Folder of the released video_evaluator.py, for --prompt as-released."),
  price: {
    schema: z.string().regex(/^\d+(\.\d+)?,\d+(\.\d+)?$/, "expected INPUT,OUTPUT")
      .transform((pair) => {
        const [input_per_million, output_per_million] = pair.split(",").map(Number);
        return { input_per_million, output_per_million };
      }).optional(),
    value: "IN,OUT",
    help: "US dollars per million tokens, instead of data/prices.json.",
  },
  budget: {
    schema: dollars.optional(),
    value: "USD",
    help: "Stop before this is passed.",
  },
  answers: text("DIR", "Folder of kept answers; .cache/answers by default."),
} as const;

/**
 * A model to ask, from a task's flags and the key in the environment.
 *
 * @throws {InputError} if the model is not named, or the server is known to want a key.
 */
export async function askingOf(
  flags: Parsed<typeof openaiFlags>,
  { progress }: Pick<TaskContext, "progress">,
): Promise<Asking> {
  if (flags.model === undefined) throw new InputError("--judge openai needs --model NAME");
  const apiKey = Deno.env.get("OPENAI_API_KEY") || null;
  const baseUrl = flags["base-url"];
  if (apiKey === null && new URL(baseUrl).hostname === "api.openai.com") {
    throw new InputError(
      "Found no key: set OPENAI_API_KEY, or name another server with --base-url",
    );
  }
  if (flags.prompt === "as-released" && flags.released === undefined) {
    throw new InputError(
      "--prompt as-released needs --released DIR, the folder of the released video_evaluator.py",
    );
  }
  return await prepareAsking({
    model: flags.model,
    baseUrl,
    apiKey,
    concurrency: flags.concurrency,
    timeoutMs: flags.timeout * 1000,
    settings: { frames: flags.frames },
    releasedEvaluator: flags.prompt === "as-released"
      ? `${flags.released}/video_evaluator.py`
      : undefined,
    price: flags.price,
    budget: flags.budget ?? Infinity,
    answers: flags.answers ?? PROJECT.answers,
    onEvent(event) {
      if (event.kind === "retry" && event.attempt > 1) {
        progress.note(`retry     attempt ${event.attempt}: ${event.reason}`);
      } else if (event.kind === "limit" && event.to < event.from) {
        progress.note(`limit     ${event.from} → ${event.to} requests at once`);
      }
    },
  });
}
