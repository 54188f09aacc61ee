/** Other people's readers open our tables. */
import { join } from "node:path";
import { PROJECT, runFolder, runPaths } from "../lib/paths.ts";
import { ensurePython } from "../lib/pyenv/python.ts";
import { clipsTable } from "../lib/records/clip.ts";
import { criteriaTable } from "../lib/records/criterion.ts";
import { findingsTable } from "../lib/records/finding.ts";
import { scoresTable } from "../lib/records/score.ts";
import { statsTable } from "../lib/records/statistic.ts";
import { summaryTable } from "../lib/records/summary.ts";
import { tasksTable } from "../lib/records/task.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { reproduce } from "../lib/reproduce.ts";
import { silent } from "../lib/runs/progress.ts";
import { withSession } from "../lib/runs/session.ts";
import { openJournal } from "../lib/store/journal.ts";
import type { TableSchema } from "../lib/store/schema.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals } from "../lib/testing/assert.ts";

const READ = `
import json, sys, pyarrow as pa, pyarrow.ipc, polars
out = {}
for path in sys.argv[1:]:
    if path.endswith(".arrows"):
        rows = pa.ipc.open_stream(path).read_all().to_pylist()
        out[path] = {"pyarrow": rows, "polars": rows}
    else:
        table = pa.ipc.open_file(pa.memory_map(path)).read_all()
        table.validate(full=True)
        out[path] = {"pyarrow": table.to_pylist(), "polars": polars.read_ipc(path).to_dicts()}
json.dump(out, sys.stdout)
`;

/** Other readers of Arrow files: our tables must open in them. */
const READERS = ["polars==2.0.0", "pyarrow==25.0.1"];

const python = await ensurePython(PROJECT.cache, READERS);
if (python.path === null) console.warn(`SKIPPED: no Python to read tables with: ${python.reason}`);

Deno.test({
  name: "pyarrow and polars read every table and the journal, row for row",
  ignore: python.path === null,
  async fn() {
    const folder = runFolder(await Deno.makeTempDir());
    const invocation = { command: "test", passed: [], resolved: {} };
    await withSession(
      { folder, invocation, progress: silent, begins: true },
      (session) =>
        reproduce({
          models: ["simulator", "simulator:each"],
          tasks: [1, 5, 9],
          seeds: [0],
          rule: "repaired",
        }, session),
    );
    const paths = runPaths(folder);
    const ours = new Map<string, unknown[]>();
    const schemas = [
      tasksTable,
      criteriaTable,
      findingsTable,
      statsTable,
      clipsTable,
      verdictsTable,
      scoresTable,
      summaryTable,
    ] as unknown as TableSchema<Record<string, unknown>>[];
    for (const schema of schemas) {
      const path = paths.table(schema.name);
      ours.set(path, await readTable(schema, path));
    }
    const clips = await readTable(clipsTable, paths.table("clips"));
    const journal = join(folder, "trial.journal.arrows");
    const open = await openJournal(clipsTable, journal);
    await open.append(clips.slice(0, 2));
    await open.append(clips.slice(2));
    open.close();
    ours.set(journal, clips);

    const { code, stdout, stderr } = await new Deno.Command(python.path!, {
      args: ["-c", READ, ...ours.keys()],
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const theirs = JSON.parse(new TextDecoder().decode(stdout));
    for (const [path, rows] of ours) {
      assertEquals(theirs[path].pyarrow, rows, `pyarrow ${path}`);
      assertEquals(theirs[path].polars, rows, `polars ${path}`);
    }
    await Deno.remove(folder, { recursive: true });
  },
});
