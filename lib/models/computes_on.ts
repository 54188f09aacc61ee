/** Where a model computes, in words. */
import type { Choice } from "../onnx/provider.ts";

/**
 * Says where a model computes, and why not elsewhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { computesOn } from "./computes_on.ts";
 *
 * const considered = [{ provider: "cuda", why: "no such library" }, { provider: "cpu", why: "" }] as const;
 * const text = computesOn("nano", { provider: "cpu", considered: [...considered] });
 * assertEquals(text, "nano computes on cpu; not on cuda: no such library");
 * ```
 */
export function computesOn(name: string, { provider, considered }: Choice): string {
  const others = considered.filter((other) => other.provider !== provider)
    .map(({ provider, why }) => `; not on ${provider}: ${why}`);
  return `${name} computes on ${provider}${others.join("")}`;
}
