/** The one way by which notebooks show something. */
import { bundleOf, type Showable } from "./bundle.ts";
import { displayOf } from "./figure.ts";
import type { TableOptions } from "./table.ts";

export { html, markdown } from "./bundle.ts";
export { video } from "./video.ts";

/**
 * Shows a value below the cell and waits until it has left the kernel; see {@link settle}. Await it.
 * Figures come with a picture for front ends that refuse SVG; see {@link displayOf}. Where no kernel
 * runs the code, prints the value's plain text instead.
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
  // Without a display id: those differ from run to run.
  kernel.broadcast("display_data", { data, metadata, transient: {} });
  await settle(Object.values(data).reduce((sum, text) => sum + text.length, 0));
}

/**
 * Waits until the kernel has sent what was displayed or printed before, `bytes` of it.
 *
 * A Deno kernel (2.9) publishes outputs from a queue on another thread, which its message that the
 * cell is done does not wait for. Clients drop what comes after that message, and the two may even be
 * written into each other where an output is larger than the connection's buffer. Nothing tells a
 * cell how far the queue is, so this waits for much longer than is usually needed (1 ms, and 3 ms a
 * megabyte; once, on a machine busy with other work, 40 ms were too few), and does not count moments
 * in which the machine was too busy to keep time. `deno task notebooks` does not depend on it.
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

/** Null outside of a kernel, where even to ask for it throws. */
function currentKernel(): KernelSide | null {
  try {
    return (Deno as unknown as { jupyter?: KernelSide }).jupyter ?? null;
  } catch {
    return null;
  }
}
