/** Showing values in notebooks. */
import { bundleOf, type Showable } from "./bundle.ts";
import { displayOf } from "./figure.ts";
import type { TableOptions } from "./table.ts";

export { html, markdown } from "./bundle.ts";
export { video } from "./video.ts";

/**
 * Shows a value below the cell and waits until it has left the kernel; see {@link settle}. Await
 * it. Figures include a PNG for front ends that refuse SVG; see {@link displayOf}. Outside a
 * kernel, prints the value's plain text instead.
 *
 * @example
 * ```ts
 * import { show } from "./show.ts";
 *
 * await show([{ scale: "cell", tasks: 4 }, { scale: "organ", tasks: 5 }]);
 * ```
 */
export async function show(value: Showable, options: TableOptions = {}): Promise<void> {
  const bundle = bundleOf(value, options);
  const kernel = currentKernel();
  if (kernel === null) {
    console.log(bundle["text/plain"]);
    return;
  }
  const { data, metadata } = await displayOf(bundle);
  // Without a display id, which would differ between runs.
  kernel.broadcast("display_data", { data, metadata, transient: {} });
  await settle(Object.values(data).reduce((sum, text) => sum + text.length, 0));
}

/**
 * Waits until the kernel has sent the `bytes` displayed or printed before.
 *
 * A Deno kernel (2.9) publishes outputs from a queue on another thread, which its idle message does
 * not wait for. Clients drop outputs that arrive after that message, and the two may even be
 * interleaved if an output is larger than the connection's buffer. A cell cannot observe the queue,
 * so this waits much longer than is usually needed (1 ms, and 3 ms per megabyte; once, on a busy
 * machine, 40 ms were too few), not counting moments when the machine was too busy to keep time.
 * `deno task notebooks` does not depend on it.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { settle } from "./show.ts";
 *
 * const began = performance.now();
 * await settle();
 * assertOk(performance.now() - began >= 25);
 * ```
 */
export async function settle(bytes = 0): Promise<void> {
  let left = 50 + 100 * bytes / 1e6;
  const end = performance.now() + 20 * left;
  while (left > 0 && performance.now() < end) {
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const took = performance.now() - began;
    if (took < 10) left -= took;
  }
}

interface KernelSide {
  broadcast(type: string, content: Record<string, unknown>): void;
}

/** Null outside a kernel, where even the lookup throws. */
function currentKernel(): KernelSide | null {
  try {
    return (Deno as unknown as { jupyter?: KernelSide }).jupyter ?? null;
  } catch {
    return null;
  }
}
