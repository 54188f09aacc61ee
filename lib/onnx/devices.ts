/** What a machine plainly lacks, so that a provider need not be tried in vain and noisily. */
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import type { Provider } from "./provider.ts";

/** Files of Linux that stand for a GPU. */
const GPU_FILES = ["/dev/dri/renderD128", "/dev/nvidia0", "/dev/dxg"];

/**
 * Why a provider cannot be had on this machine, as far as files tell; null where it has to be tried.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { plainlyAbsent } from "./devices.ts";
 *
 * assertEquals(plainlyAbsent("cpu"), null);
 * ```
 */
export function plainlyAbsent(provider: Provider): string | null {
  if (Deno.build.os !== "linux" || provider === "cpu") return null;
  if (!GPU_FILES.some(isThere)) return `no GPU is here: none of ${GPU_FILES.join(", ")}`;
  if (provider !== "cuda") return null;
  const name = "libonnxruntime_providers_cuda.so";
  const main = createRequire(import.meta.url).resolve("onnxruntime-node");
  const folder = join(dirname(dirname(main)), "bin", "napi-v6", "linux", "x64");
  return isThere(join(folder, name)) ? null : `${name} is not in ${folder}`;
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
