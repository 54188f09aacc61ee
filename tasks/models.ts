/** Lists what can be run here, and what is missing. */
import { InputError, messageOf } from "../lib/errors.ts";
import { describeWan } from "../lib/models/wan/checkpoint/describe.ts";
import { unavailableReason } from "../lib/onnx/devices.ts";
import { PROVIDERS } from "../lib/onnx/provider.ts";
import { MODEL_SPECS } from "../lib/runs/models.ts";
import { main } from "./cli.ts";
import { text } from "./flags.ts";

await main({
  name: "models",
  summary: "Lists the models that can be run here, and what others lack.",
  details: "For Wan's weights, name their folder: deno task models --wan DIR",
  flags: {
    wan: text("DIR", "A folder of Wan2.1's weights, in Diffusers' or the original layout."),
    "fine-tune": text("PATH", "A fine-tuned transformer, or a training's folder."),
  },
}, async (flags) => {
  console.log("Models:");
  for (const [spec, what] of Object.entries(MODEL_SPECS)) {
    console.log(`  ${spec.padEnd(18)}${what}`);
  }
  console.log("\nWhere networks can compute:");
  for (const provider of PROVIDERS) {
    console.log(`  ${provider.padEnd(18)}${unavailableReason(provider) ?? "may be had"}`);
  }
  console.log("\nWan2.1:");
  try {
    const lines = await describeWan(flags.wan, flags["fine-tune"]);
    console.log(lines.map((line) => `  ${line}`).join("\n"));
  } catch (error) {
    if (!(error instanceof InputError) || flags.wan !== undefined) throw error;
    console.log(`  ${messageOf(error)}`);
  }
});
