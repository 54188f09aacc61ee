/** The work of `deno task models`. */
import { MODELS } from "../../lib/models/registry.ts";
import type { VideoModel } from "../../lib/models/video_model.ts";
import { unavailableReason } from "../../lib/onnx/devices.ts";
import { PROVIDERS } from "../../lib/onnx/provider.ts";
import { allEntries, formLines, type Spec } from "../../lib/registry.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../models.ts";

export const run: WorkOf<typeof task> = async ({ model }) => {
  if (model !== null) return await describe(model.entry, model.spec, model.options);
  console.log(["Models:", ...formLines(MODELS)].join("\n"));
  console.log("\nWhere networks can compute:");
  for (const provider of PROVIDERS) {
    console.log(`  ${provider.padEnd(18)}${unavailableReason(provider) ?? "available"}`);
  }
  for (const entry of allEntries(MODELS)) {
    const lines = await entry.describe?.(undefined, {});
    if (lines) {
      console.log(["", `${entry.name}:`, ...lines.map((line) => `  ${line}`)].join("\n"));
    }
  }
};

async function describe(
  { name, help, describe }: VideoModel,
  { argument }: Spec,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const lines = await describe?.(argument, options) ?? [help, "nothing is missing"];
  console.log([`${name}:`, ...lines.map((line) => `  ${line}`)].join("\n"));
}
