/** `deno task bench namespaces`: shards whose process ids are equal, as in containers, on one disk. */
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { count } from "../../lib/options.ts";
import { PROJECT, runPaths } from "../../lib/paths.ts";
import { clipsTable } from "../../lib/records/clip.ts";
import { sha256OfFile } from "../../lib/store/file_hash.ts";
import { readTable } from "../../lib/store/table.ts";
import { defineTask, main, type WorkOf } from "../cli.ts";

const task = defineTask({
  name: "bench namespaces",
  summary: "Has shards with equal process ids make one run's clips at once; Linux, as root.",
  flags: {
    shards: count("Processes at once.", 16),
    rounds: count("Runs, each in a new folder.", 3),
  },
});

export const run: WorkOf<typeof task> = async ({ shards, rounds }, { progress }) => {
  const table: Record<string, unknown>[] = [];
  for (let round = 1; round <= rounds; round++) {
    const folder = await Deno.makeTempDir({ prefix: "bench-namespaces-" });
    try {
      const started = performance.now();
      const step = progress.step(`round ${round}`, shards);
      const ended = await Promise.all(
        Array.from({ length: shards }, (_, i) => shardIn(folder, `${i + 1}/${shards}`)),
      );
      step.done(`${shards} processes`);
      const dead = ended.filter(({ code }) => code !== 0);
      for (const { said } of dead) console.error(said);
      const clips = await readTable(clipsTable, runPaths(folder).table("clips"));
      const whole = await Promise.all(
        clips.map(async ({ path, sha256: expected }) =>
          await sha256OfFile(join(folder, path)) === expected
        ),
      );
      table.push({
        round,
        ids: [...new Set(ended.map(({ pid }) => pid))].join(" "),
        dead: dead.length,
        clips: clips.length,
        tasks: new Set(clips.map((row) => row.task)).size,
        whole: whole.filter(Boolean).length,
        made: ended.reduce((sum, { made }) => sum + made, 0),
        seconds: Math.round((performance.now() - started) / 1000),
      });
      const isRight = dead.length === 0 && whole.every(Boolean) && clips.length === 39 &&
        table.at(-1)!.made === 39;
      if (!isRight) Deno.exitCode = 1;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  console.table(table);
};

/** A shard of the simulator's clips in a namespace of its own, with the process id that it has there. */
async function shardIn(folder: string, shard: string) {
  const script = 'echo "id $$"; exec "$0" "$@"';
  const generate = join(PROJECT.root, "tasks", "generate.ts");
  const flags = ["--model", "simulator", "--seeds", "0", "--run", folder, "--shard", shard];
  try {
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["--pid", "--fork", "--mount-proc", "sh", "-c", script],
        ...[Deno.execPath(), "run", "-A", "--quiet", generate, ...flags],
      ],
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? 0);
    return { code, said, pid: number(/^id (\d+)/m), made: number(/generate\s+(\d+) made/) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(
      "Cannot make namespaces: found no unshare; expected Linux with util-linux",
    );
  }
}

if (import.meta.main) await main(task, run);
