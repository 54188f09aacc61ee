/** Memory use of this process, as reported by Linux. */

/** Resident memory: in total, without mapped files, and its peak. */
export type MemoryKind = "VmRSS" | "RssAnon" | "VmHWM";

/**
 * Memory of this process in bytes; null on systems other than Linux.
 *
 * @example
 * ```ts
 * import { assertOk } from "./testing/assert.ts";
 * import { memory } from "./process_memory.ts";
 *
 * const [all, highest] = [memory("VmRSS"), memory("VmHWM")];
 * assertOk(all === null || (all > 1e6 && all <= highest!));
 * ```
 */
export function memory(kind: MemoryKind): number | null {
  if (Deno.build.os !== "linux") return null;
  const status = Deno.readTextFileSync("/proc/self/status");
  return 1024 * Number(status.match(new RegExp(`^${kind}:\\s+(\\d+) kB`, "m"))![1]);
}

/** Resets `VmHWM`, the peak. */
export function resetPeak(): void {
  if (Deno.build.os === "linux") Deno.writeTextFileSync("/proc/self/clear_refs", "5");
}
