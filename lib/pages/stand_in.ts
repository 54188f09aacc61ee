/** A stand-in for a multimodal model: a small local server that guesses. */
import { priceOf, readPrices } from "../judges/openai/cost/price.ts";
import { estimateTokens, textTokens } from "../judges/openai/cost/tokens.ts";
import { PROJECT } from "../paths.ts";
import { random } from "../random.ts";
import { sha256 } from "../store/key.ts";
import type { ExampleModel } from "./asking_example.ts";
import { lazy } from "../lazy.ts";

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

/** See {@link standIn}. */
export interface StandIn extends ExampleModel, AsyncDisposable {
  /** The model whose prices and image rule are used. */
  readonly pricedAs: string;
  /** Stops the server. */
  close(): Promise<void>;
}

/** How a stand-in answers. */
export interface StandInOptions {
  /** Whether every answer lacks its last entry. */
  forgetful?: boolean;
}

/** A chat request, as far as the stand-in needs it. */
interface ChatRequest {
  model: string;
  messages: { content: string | { text?: string; image_url?: { url: string } }[] }[];
  response_format?: unknown;
}

/**
 * Starts a server for OpenAI's protocol that guesses: its verdicts are random, seeded by the
 * question and the pictures, so that the same question has the same answer. Tokens are estimated
 * from the text and the pictures' sizes.
 *
 * @param pricedAs A model of the price table.
 * @throws {InputError} for a model without a price.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { standIn } from "./stand_in.ts";
 *
 * await using model = await standIn("gpt-4o");
 * const messages = [{ role: "user", content: "an entry for each of the criteria 1, 2" }];
 * const reply = await fetch(`${model.baseUrl}/chat/completions`, {
 *   method: "POST",
 *   body: JSON.stringify({ model: model.model, messages }),
 * });
 * const { choices } = await reply.json();
 * const { criteria } = JSON.parse(choices[0].message.content);
 * assertEquals(criteria.map((entry: { id: number }) => entry.id), [1, 2]);
 * ```
 */
export async function standIn(
  pricedAs: string,
  { forgetful = false }: StandInOptions = {},
): Promise<StandIn> {
  const price = priceOf(await readPrices(PROJECT.prices), pricedAs);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const asked: ChatRequest = await request.json();
    const parts = asked.messages.flatMap(({ content }) =>
      typeof content === "string" ? [{ text: content }] : content
    );
    const text = parts.flatMap(({ text }) => text ?? []).join("\n");
    const urls = parts.flatMap((part) => "image_url" in part ? part.image_url!.url : []);
    const entries = guesses(text, sha256(urls.join()));
    const content = JSON.stringify({ criteria: forgetful ? entries.slice(0, -1) : entries });
    const sent = {
      text: text + JSON.stringify(asked.response_format ?? ""),
      images: await Promise.all(urls.map(sizeOf)),
      messages: asked.messages.length,
    };
    return Response.json({
      id: "chatcmpl-guess",
      object: "chat.completion",
      created: 0,
      model: asked.model,
      choices: [{
        index: 0,
        message: { role: "assistant", content, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      }],
      usage: {
        prompt_tokens: estimateTokens({ ...sent, price }),
        completion_tokens: textTokens(content),
      },
    });
  });
  const close = () => server.shutdown();
  const { input_per_million, output_per_million } = price;
  return {
    model: "stand-in",
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    price: { input_per_million, output_per_million },
    pricedAs,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A verdict for each criterion listed in the text. */
function guesses(text: string, pictures: string) {
  const [, listed = ""] = /each of the criteria (\d+(?:, \d+)*)/.exec(text) ?? [];
  return listed.split(", ").map(Number).map((id) => {
    const met = random("stand-in", text, pictures, id)() < 0.5;
    return { id, reason: met ? "It shows in the frames." : "No frame shows it.", met };
  });
}

/** The size of a picture from its `data:` URL. */
async function sizeOf(address: string): Promise<{ width: number; height: number }> {
  const { pictureSize } = await loadImage();
  return await pictureSize(Uint8Array.fromBase64(address.slice(address.indexOf(",") + 1)));
}
