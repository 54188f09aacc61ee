/** Lists what can be run here, and what is missing. */
import { MODELS } from "../lib/models/registry.ts";
import type { VideoModel } from "../lib/models/video_model.ts";
import type { Spec } from "../lib/registry.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "models",
  summary: "Lists the models that can be run here, and what others lack.",
  choice: {
    flag: "model",
    registry: MODELS,
    what: "model",
    help: "Say what this one needs and lacks, such as wan:DIR.",
    initial: null,
  },
  flags: {},
  async run({ model }) {
    const { PROVIDERS } = await import("../lib/onnx/provider.ts");
    const { unavailableReason } = await import("../lib/onnx/devices.ts");
    const { allEntries, formLines } = await import("../lib/registry.ts");
    if (model !== null) return await describe(model.entry, model.spec, model.options);
    console.log(["Models:", ...await formLines(MODELS)].join("\n"));
    console.log("\nWhere networks can compute:");
    for (const provider of PROVIDERS) {
      console.log(`  ${provider.padEnd(18)}${unavailableReason(provider) ?? "available"}`);
    }
    for (const entry of await allEntries(MODELS)) {
      const lines = await entry.describe?.(undefined, {});
      if (lines) {
        console.log(["", `${entry.name}:`, ...lines.map((line) => `  ${line}`)].join("\n"));
      }
    }
  },
});

async function describe(
  { name, help, describe }: VideoModel,
  { argument }: Spec,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const lines = await describe?.(argument, options) ?? [help, "nothing is missing"];
  console.log([`${name}:`, ...lines.map((line) => `  ${line}`)].join("\n"));
}

if (import.meta.main) await main(task);
