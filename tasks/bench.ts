/** Benchmarks, by name; each is a command of its own in `tasks/bench/`. */
import { join } from "node:path";
import { PROJECT } from "../lib/paths.ts";

const BENCHES: Readonly<Record<string, { file: string; what: string }>> = {
  "judge": { file: "judge.ts", what: "the released evaluator and ours, on the same clips" },
  "judge-throughput": { file: "judge_throughput.ts", what: "459 clips, 64 requests at a time" },
  "microsim": { file: "microsim.ts", what: "simulated worlds, and what the probe judge sees" },
  "nano": { file: "nano.ts", what: "sampling a clip on onnxruntime and with PyTorch" },
  "wan": { file: "wan.ts", what: "a step of Wan2.1 at full size on onnxruntime and with PyTorch" },
  "real-server": { file: "real_server.ts", what: "transformers serve with random weights" },
};

const [name = "--help", ...flags] = Deno.args;
const known = Object.hasOwn(BENCHES, name);
if (known) {
  const file = join(PROJECT.root, "tasks", "bench", BENCHES[name].file);
  // Ctrl-C reaches the bench as well: this only waits for it to end.
  Deno.addSignalListener("SIGINT", () => {});
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", file, ...flags] }).spawn();
  Deno.exit((await child.status).code);
}
const list = Object.entries(BENCHES).map(([bench, { what }]) => `  ${bench.padEnd(18)}${what}`);
console.log(["deno task bench NAME [FLAGS]", "", ...list].join("\n"));
if (!["--help", "-h"].includes(name)) {
  const kind = name.startsWith("-") ? "flag" : "bench";
  console.error(`unknown ${kind} ${name}; expected ${Object.keys(BENCHES).join(", ")}`);
  Deno.exit(2);
}
