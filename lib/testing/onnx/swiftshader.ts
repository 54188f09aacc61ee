/** WebGPU without a GPU: SwiftShader runs it on the CPU, as packaged in Debian's chromium. */
import { join } from "node:path";
import { PROJECT } from "../../paths.ts";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADER = "/usr/lib/x86_64-linux-gnu/libvulkan.so.1";

/** Whether SwiftShader and the Vulkan loader are installed; if not, warns that `test` is skipped. */
export async function hasSwiftShader(test: string): Promise<boolean> {
  const found = await Promise.all(
    [DRIVER, LOADER].map((path) => Deno.stat(path).then(() => true, () => false)),
  );
  if (found.every(Boolean)) return true;
  console.warn(`SKIPPED: ${test}: SwiftShader or the Vulkan loader is not installed`);
  return false;
}

/** Runs a script in a separate process with SwiftShader as WebGPU; returns its output. */
export async function onSwiftShader(
  script: string,
  args: readonly string[],
): Promise<{ output: string; error: string }> {
  const folder = await Deno.makeTempDir({ prefix: "swiftshader-" });
  try {
    const path = join(folder, "script.ts");
    await Deno.writeTextFile(path, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", PROJECT.config, path, ...args],
      env: { VK_DRIVER_FILES: DRIVER, XDG_RUNTIME_DIR: folder, NO_COLOR: "1" },
    }).output();
    const [output, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
    return { output, error };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
