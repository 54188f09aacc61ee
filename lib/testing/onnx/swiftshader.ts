/** WebGPU without a GPU: SwiftShader computes on the processor, as Debian's chromium package has it. */
import { join } from "node:path";
import { PROJECT } from "../../paths.ts";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADER = "/usr/lib/x86_64-linux-gnu/libvulkan.so.1";

/** Whether SwiftShader and the Vulkan loader are here; where not, says which test is skipped. */
export async function hasSwiftShader(test: string): Promise<boolean> {
  const found = await Promise.all(
    [DRIVER, LOADER].map((path) => Deno.stat(path).then(() => true, () => false)),
  );
  if (found.every(Boolean)) return true;
  console.warn(`SKIPPED: ${test}: no SwiftShader and Vulkan loader here`);
  return false;
}

/** Runs a script in a process of its own, where WebGPU is SwiftShader; gives what it said. */
export async function onSwiftShader(
  script: string,
  args: readonly string[],
): Promise<{ said: string; error: string }> {
  const folder = await Deno.makeTempDir({ prefix: "swiftshader-" });
  try {
    const path = join(folder, "script.ts");
    await Deno.writeTextFile(path, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", PROJECT.config, path, ...args],
      env: { VK_DRIVER_FILES: DRIVER, XDG_RUNTIME_DIR: folder, NO_COLOR: "1" },
    }).output();
    const [said, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
    return { said, error };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
