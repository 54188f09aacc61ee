/** Servers that bill what they did, and count it as they please: for tests of budgets. */
import { type Asked, askedOf, countPrompt, countText } from "./asked.ts";
import { verdictsText } from "./asking.ts";
import type { BatchOptions } from "./batches.ts";
import { type FaultServer, faultServer } from "./fault_server.ts";
import type { Fault } from "./faults.ts";
import { random } from "../../random.ts";

/** How servers bill and count. All bill every request that they began to work on. */
export const BILLINGS = [
  "counts truly",
  "counts too much",
  "counts too little",
  "counts nothing",
  "counts absurdly",
  "answers too late",
  "breaks off",
  "fails with 5xx",
  "is overloaded (429)",
  "ignores the limit of tokens",
  "is interrupted",
  "each of these in turn",
  "batch",
  "batch, counts nothing",
  "batch, lines fail",
  "batch, expires",
  "batch, never ends",
  "batch, ignores the limit of tokens",
] as const;
export type Billing = typeof BILLINGS[number];

/** US dollars per million tokens. */
export interface TokenPrice {
  input_per_million: number;
  output_per_million: number;
}

/** A server and its books. */
export interface BillingServer extends AsyncDisposable {
  server: FaultServer;
  /** US dollars billed so far. */
  readonly billed: number;
  /** US dollars of the largest bill beyond what a request allows. */
  readonly largestExcess: number;
}

const PICTURES = { rule: "tiles", base: 85, per_tile: 170 } as const;
const ABSURD = [10.5, -5, 1e12, null, "many", 0, [], 1e9];

/**
 * Starts a server that bills by this price. A request takes the tokens of its prompt and, drawn by
 * seed and request, any number of tokens up to the limit that it sends; batches are billed when they
 * are created, each of their requests, whatever becomes of it, at half the price if `discount` says
 * so.
 */
export function billingServer(
  billing: Billing,
  { seed, price, discount }: { seed: number; price: TokenPrice; discount: number },
): BillingServer {
  let billed = 0;
  let largestExcess = 0;
  const batch = billing.startsWith("batch");
  const dollars = (prompt: number, completion: number) =>
    (prompt * price.input_per_million + completion * price.output_per_million) / 1e6 *
    (batch ? 1 - discount : 1);

  /** What a request really takes. */
  function truth(asked: Asked, kind: Billing) {
    const draw = random(seed, "billing", asked.key, asked.time);
    const content = verdictsText(asked.ids.map(() => draw() < 0.5));
    const limit = asked.body.max_completion_tokens ?? asked.body.max_tokens ?? 0;
    const least = countText(content);
    const ignores = kind.endsWith("ignores the limit of tokens");
    const completion = ignores
      ? Math.ceil(limit * (1.05 + 9 * draw()))
      : Math.ceil(least + draw() * Math.max(0, limit - least));
    return { draw, content, limit, prompt: countPrompt(asked, PICTURES), completion };
  }

  function bill(asked: Asked, kind: Billing) {
    const { prompt, completion, limit } = truth(asked, kind);
    billed += dollars(prompt, completion);
    const excess = dollars(0, Math.max(0, completion - limit));
    largestExcess = Math.max(largestExcess, excess);
  }

  /** What the server says, or does instead. */
  function answer(asked: Asked, kind: Billing): Fault {
    const { draw, content, prompt, completion } = truth(asked, kind);
    if (kind === "answers too late") return { kind: "hang", ms: 2000 };
    if (kind === "breaks off") return { kind: "reset" };
    if (kind === "fails with 5xx") {
      return { kind: "status", status: [500, 502, 503, 504][seed % 4] };
    }
    if (kind === "is overloaded (429)") return { kind: "status", status: 429 };
    const factor = kind === "counts too much"
      ? 1 + 3 * draw()
      : kind === "counts too little"
      ? draw()
      : 1;
    const absurd = () => ABSURD[Math.floor(draw() * ABSURD.length)];
    const usage = kind === "counts absurdly"
      ? { prompt_tokens: absurd(), completion_tokens: completion }
      : {
        prompt_tokens: Math.ceil(prompt * factor),
        completion_tokens: Math.ceil(completion * factor),
      };
    const body = {
      model: asked.model,
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
      ...(kind.endsWith("counts nothing") ? {} : { usage }),
    };
    return { kind: "body", body: JSON.stringify(body) };
  }

  /** What this request meets: of faults that come now and then, most often none. */
  function kindOf(asked: Asked): Billing {
    const draw = random(seed, "kind", asked.key, asked.time);
    if (billing === "each of these in turn") {
      const all = BILLINGS.slice(0, BILLINGS.indexOf("ignores the limit of tokens"))
        .filter((kind) => kind !== "counts too little");
      return all[Math.floor(draw() * all.length)];
    }
    const isFault = ["answers too late", "breaks off", "fails with 5xx", "is overloaded (429)"]
      .includes(billing);
    return isFault && draw() < 0.3 ? "counts truly" : billing;
  }

  const batches: BatchOptions = {
    polls: billing === "batch, never ends" ? Infinity : 2,
    onCreate: (bodies) => bodies.forEach((body) => bill(askedOf(body, 1, 1), billing)),
    ...(billing === "batch, expires" ? { expireAfter: 1 + seed % 9 } : {}),
    ...(billing === "batch, lines fail"
      ? { failLine: (id) => random(seed, id)() < 0.4 ? { status: 500, message: "broken" } : null }
      : {}),
  };
  const server = faultServer({
    latencyMs: billing === "is interrupted" ? 15 : 0,
    batch: batches,
    faults(asked) {
      if (batch) return answer({ ...asked, time: 1 }, billing);
      const kind = kindOf(asked);
      if (kind !== "is overloaded (429)") bill(asked, kind);
      return answer(asked, kind);
    },
  });
  return {
    server,
    get billed() {
      return billed;
    },
    get largestExcess() {
      return largestExcess;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
