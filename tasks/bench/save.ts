/** Files that benches keep their results in. */
import { join } from "node:path";
import { PROJECT } from "../../lib/paths.ts";

/** Saves a bench's result as `results/bench/NAME.json`, and prints where. */
export async function saveResult(name: string, result: unknown, indent = 2): Promise<void> {
  const folder = join(PROJECT.results, "bench");
  const path = join(folder, `${name}.json`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(result, null, indent) + "\n");
  console.log(`Saved to ${path}`);
}
