/** Detects missing hardware, so that unavailable providers are not tried in vain and noisily. */
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import type { Provider } from "./provider.ts";

/** Device files of GPUs on Linux. */
const GPU_FILES = ["/dev/dri/renderD128", "/dev/nvidia0", "/dev/dxg"];

/**
 * Why a provider is unavailable on this machine, judging by files; null if it must be tried.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { unavailableReason } from "./devices.ts";
 *
 * assertEquals(unavailableReason("cpu"), null);
 * ```
 */
export function unavailableReason(provider: Provider): string | null {
  if (Deno.build.os !== "linux" || provider === "cpu") return null;
  if (!GPU_FILES.some(exists)) return `no GPU found: none of ${GPU_FILES.join(", ")}`;
  if (provider !== "cuda") return null;
  const name = "libonnxruntime_providers_cuda.so";
  const main = createRequire(import.meta.url).resolve("onnxruntime-node");
  const folder = join(dirname(dirname(main)), "bin", "napi-v6", "linux", "x64");
  return exists(join(folder, name)) ? null : `${name} not found in ${folder}`;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
