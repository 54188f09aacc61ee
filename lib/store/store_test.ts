import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { random } from "../random.ts";
import { openCache } from "./cache.ts";
import { openJournal } from "./journal.ts";
import { defineTable, type TableSchema } from "./schema.ts";
import { encodeTable, readTable, writeTable } from "./table.ts";

interface Row {
  model: string;
  task: number;
  score: number | null;
  met: boolean | null;
  key: string;
}

const schema = defineTable<Row>({
  name: "trial",
  columns: { model: "utf8", task: "int32", score: "float64?", met: "bool?", key: "utf8" },
  identity: ["model", "task"],
});

function rowsOf(n: number, seed = 1): Row[] {
  const draw = random(seed, "rows");
  return Array.from({ length: n }, (_, i) => ({
    model: ["nano", "wan", "mätrix – 3"][i % 3],
    task: i,
    score: draw() < 0.2 ? null : draw() * 100,
    met: draw() < 0.2 ? null : draw() < 0.5,
    key: `k${i}`,
  }));
}

Deno.test("a table reads back as written, including nulls; equal rows give equal bytes", async () => {
  const folder = await Deno.makeTempDir();
  for (const n of [0, 1, 1000]) {
    await writeTable(schema, `${folder}/trial.arrow`, rowsOf(n));
    assertEquals(await readTable(schema, `${folder}/trial.arrow`), rowsOf(n));
  }
  assertEquals(encodeTable(schema, rowsOf(50)), encodeTable(schema, rowsOf(50)));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("values that do not fit their column are refused, naming the table and column", () => {
  const [row] = rowsOf(1);
  for (
    const bad of [{ score: NaN }, { score: Infinity }, { task: 1.5 }, { task: null }, { met: 1 }]
  ) {
    let message = "";
    try {
      encodeTable(schema, [{ ...row, ...bad } as Row]);
    } catch (error) {
      message = String(error);
    }
    assertOk(message.includes(`trial.${Object.keys(bad)[0]}`), JSON.stringify(bad) + message);
  }
});

Deno.test("errors name a file that is truncated, of another kind, or of another version", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/trial.arrow`;
  await assertInputError(() => readTable(schema, path), path, "no file");
  const bytes = encodeTable(schema, rowsOf(10));
  await Deno.writeFile(path, bytes.subarray(0, 300));
  await assertInputError(() => readTable(schema, path), path, "changed or damaged");
  await Deno.writeTextFile(path, "no table, but longer than a table's shortest");
  await assertInputError(() => readTable(schema, path), path, "44 bytes");
  const other = defineTable<{ task: number; extra: string }>({
    name: "trial",
    columns: { task: "int32", extra: "utf8" },
    identity: ["task"],
  });
  await writeTable(other, path, [{ task: 1, extra: "x" }]);
  await assertInputError(() => readTable(schema, path), "model is missing", "extra is unknown");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a column that was added since reads as its default, in tables and in journals", async () => {
  const { met: _, ...columns } = schema.columns;
  const former = defineTable<Omit<Row, "met">>({
    name: "trial",
    columns,
    identity: ["model", "task"],
  });
  const added: TableSchema<Row> = { ...schema, added: { met: null } };
  const old = rowsOf(6).map(({ met: _, ...row }) => row);
  const folder = await Deno.makeTempDir();
  const path = `${folder}/trial.arrow`;
  await writeTable(former, path, old.slice(0, 3));
  await assertInputError(() => readTable(schema, path), "met is missing");
  const journal = await openJournal(former, `${folder}/trial.journal.arrows`);
  await journal.append(old.slice(3));
  journal.close();
  const cache = await openCache(added, path);
  const expected = rowsOf(6).map((row) => ({ ...row, met: null }));
  assertEquals(cache.rows(), expected);
  const newer = { ...rowsOf(7)[6], met: true };
  await cache.append([newer]);
  cache.close();
  const again = await openCache(added, path);
  assertEquals(again.rows(), [...expected, newer]);
  await again.compact();
  assertEquals((await readTable(schema, path)).length, 7);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a journal truncated at any byte keeps every complete batch and can be appended to", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/trial.journal.arrows`;
  const batches = [rowsOf(3, 1), rowsOf(1, 2), rowsOf(20, 3)];
  const journal = await openJournal(schema, path);
  const ends = [];
  for (const batch of batches) {
    await journal.append(batch);
    ends.push((await Deno.stat(path)).size);
  }
  journal.close();
  const bytes = await Deno.readFile(path);
  for (let cut = 0; cut <= bytes.length; cut += 7) {
    await Deno.writeFile(path, bytes.subarray(0, cut));
    const reopened = await openJournal(schema, path);
    const whole = ends.filter((end) => end <= cut).length;
    assertEquals(reopened.recovered, batches.slice(0, whole).flat(), `cut at ${cut}`);
    await reopened.append(batches[1]);
    reopened.close();
    const again = await openJournal(schema, path);
    assertEquals(again.recovered, [...batches.slice(0, whole), batches[1]].flat());
    again.close();
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a cache filled in parts equals one filled at once, and newer rows replace older ones", async () => {
  const folder = await Deno.makeTempDir();
  const once = await openCache(schema, `${folder}/once.arrow`);
  await once.append(rowsOf(30));
  await once.compact();

  const path = `${folder}/pieces.arrow`;
  for (const [from, to] of [[20, 30], [0, 5], [5, 20]]) {
    const cache = await openCache(schema, path);
    await cache.append(rowsOf(30).slice(from, to));
    if (from === 0) cache.close();
    else await cache.compact();
  }
  assertEquals(await Deno.readFile(path), await Deno.readFile(`${folder}/once.arrow`));

  const cache = await openCache(schema, path);
  const [row] = rowsOf(1);
  await cache.append([{ ...row, key: "newer" }]);
  assertEquals(cache.get(row.key), undefined);
  assertEquals(cache.get("newer")?.task, 0);
  assertEquals((await cache.compact()).length, 30);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a kill between compacting and removing the journal duplicates no row", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/trial.arrow`;
  const cache = await openCache(schema, path);
  await cache.append(rowsOf(9));
  const journal = await Deno.readFile(`${folder}/trial.journal.arrows`);
  await cache.compact();
  const before = await Deno.readFile(path);
  await Deno.writeFile(`${folder}/trial.journal.arrows`, journal);
  await (await openCache(schema, path)).compact();
  assertEquals(await Deno.readFile(path), before);
  await Deno.remove(folder, { recursive: true });
});
