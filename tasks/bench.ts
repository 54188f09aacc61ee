/** Benches, by name; each is a command of its own in `tasks/bench/`. */
import { join } from "node:path";
import { PROJECT } from "../lib/paths.ts";
import { nearest } from "../lib/registry.ts";
import { defineTask } from "./cli.ts";
import { helpText } from "./help.ts";

const BENCHES: Readonly<Record<string, { file: string; what: string }>> = {
  "clips-as-they-are": {
    file: "clips_as_they_are.ts",
    what: "clips of all kinds, read by ffmpeg and by ours",
  },
  "judging-memory": { file: "judging_memory.ts", what: "peak memory with bombs and a long film" },
  "flips": { file: "flips.ts", what: "single bits of every file of a run flipped, then scored" },
  "namespaces": { file: "namespaces.ts", what: "16 shards with equal process ids on one disk" },
  "judge": { file: "judge.ts", what: "the released evaluator and ours, on the same clips" },
  "judge-throughput": { file: "judge_throughput.ts", what: "459 clips, 64 requests at a time" },
  "budget": {
    file: "budget.ts",
    what: "budgets against servers that count and fail as they please",
  },
  "dialects": { file: "dialects.ts", what: "servers that want to be asked otherwise, or refuse" },
  "microsim": { file: "microsim.ts", what: "simulated worlds, and what the probe judge sees" },
  "nano": { file: "nano.ts", what: "sampling a clip on onnxruntime and with PyTorch" },
  "wan": { file: "wan.ts", what: "a step of Wan2.1 at full size on onnxruntime and with PyTorch" },
  "wan-released": { file: "wan_released.ts", what: "tiles and LoRAs beside DiffSynth and PEFT" },
  "real-server": { file: "real_server.ts", what: "transformers serve with random weights" },
};

/** The task: its flags are the bench's, which answers --help too. */
export const task = defineTask({
  name: "bench",
  summary:
    "Measures speed beside the reference; deno task bench NAME --help lists a bench's flags.",
  details: Object.entries(BENCHES).map(([name, { what }]) => `  ${name.padEnd(18)}${what}`)
    .join("\n"),
  usage: "NAME [FLAGS]",
  flags: {},
});

/** Runs the bench that is named, in a process of its own. */
async function runBench([name = "--help", ...flags]: readonly string[]): Promise<number> {
  if (Object.hasOwn(BENCHES, name)) {
    const file = join(PROJECT.root, "tasks", "bench", BENCHES[name].file);
    // Ctrl-C reaches the bench as well: this only waits for it to end.
    Deno.addSignalListener("SIGINT", () => {});
    const args = ["run", "-A", file, ...flags];
    const child = new Deno.Command(Deno.execPath(), { args }).spawn();
    return (await child.status).code;
  }
  console.log(helpText(task));
  if (["--help", "-h"].includes(name)) return 0;
  const kind = name.startsWith("-") ? "flag" : "bench";
  const guess = nearest(name, Object.keys(BENCHES));
  console.error(`unknown ${kind} ${name}${guess ? `; did you mean ${guess}?` : ""}`);
  return 2;
}

if (import.meta.main) Deno.exit(await runBench(Deno.args));
