/** What becomes of files whose bytes changed since they were written. */
import { join } from "node:path";
import { random } from "../random.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { openCache } from "./cache.ts";
import { hearDamage } from "./damage.ts";
import { openJournal } from "./journal.ts";
import { checkedJson, copyOf, readChecked, readRecord, writeRecord } from "./record_file.ts";
import { defineTable } from "./schema.ts";
import { sealOf } from "./seal.ts";
import { encodeTable, openTable, readTable } from "./table.ts";

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
  identity: ["task"],
});

const draw = random(14, "damage");
const ROWS: Row[] = Array.from({ length: 450 }, (_, task) => ({
  model: ["nano", "größe 2", "half \ud800"][task % 3],
  task,
  score: draw() < 0.2 ? null : draw() * 100,
  met: draw() < 0.3 ? null : draw() < 0.5,
  key: `k${task}`,
}));
const WRITTEN = new Set(
  ROWS.map((row) => JSON.stringify({ ...row, model: row.model.toWellFormed() })),
);

/** Copies of bytes, each with one bit flipped. */
function* flipped(bytes: Uint8Array, flips: number): Generator<Uint8Array> {
  for (let i = 0; i < flips; i++) {
    const copy = bytes.slice();
    copy[Math.floor(draw() * copy.length)] ^= 1 << Math.floor(draw() * 8);
    yield copy;
  }
}

Deno.test("a table with any bit flipped gives rows as they were written, and says if any is lost", () =>
  inFolder(async (folder) => {
    const path = join(folder, "trial.arrow");
    const bytes = encodeTable(schema, ROWS);
    let kept = 0;
    for (const damaged of flipped(bytes, 60)) {
      await Deno.writeFile(path, damaged);
      const { rows, lost, renew } = (await openTable(schema, path))!;
      assertOk(rows.every((row) => WRITTEN.has(JSON.stringify(row))));
      assertEquals([lost, renew], [rows.length < ROWS.length, true]);
      if (lost) await assertInputError(() => readTable(schema, path), path, "changed or damaged");
      kept += rows.length;
    }
    assertOk(kept > 0.6 * 60 * ROWS.length, `${kept} rows kept`);
  }));

Deno.test("a damaged table is made whole by the next who writes it, and named", () =>
  inFolder(async (folder) => {
    const path = join(folder, "trial.arrow");
    const bytes = encodeTable(schema, ROWS);
    const damages = [...flipped(bytes, 5), bytes.subarray(0, bytes.length / 2), new Uint8Array()];
    for (const damaged of damages) {
      await Deno.writeFile(path, damaged);
      const heard: string[] = [];
      using _ = hearDamage((text) => heard.push(text));
      const cache = await openCache(schema, path);
      const missing = ROWS.filter(({ key }) => !cache.get(key));
      assertEquals(heard.some((text) => text.includes(path)), missing.length > 0);
      await cache.append(missing);
      await cache.compact();
      assertEquals(await Deno.readFile(path), bytes);
      assertEquals(sealOf(bytes), "whole");
    }
  }));

Deno.test("a journal with any bit flipped loses the rows of one batch at most, and says so", () =>
  inFolder(async (folder) => {
    const path = join(folder, "trial.journal.arrows");
    const journal = await openJournal(schema, path);
    for (let at = 0; at < 100; at += 10) await journal.append(ROWS.slice(at, at + 10));
    journal.close();
    for (const damaged of flipped(await Deno.readFile(path), 80)) {
      await Deno.writeFile(path, damaged);
      const { recovered, lost, close } = await openJournal(schema, path);
      close();
      assertOk(recovered.every((row) => WRITTEN.has(JSON.stringify(row))));
      assertOk(recovered.length >= 90 && (lost || recovered.length === 100), `${recovered.length}`);
      const again = await openJournal(schema, path);
      again.close();
      assertEquals([again.recovered, again.lost], [recovered, false]);
    }
  }));

Deno.test("a disk that is full in the middle of an append leaves the journal as it was", () =>
  inFolder(async (folder) => {
    const path = join(folder, "trial.journal.arrows");
    const journal = await openJournal(schema, path);
    await journal.append(ROWS.slice(0, 3));
    const { write } = Deno.FsFile.prototype;
    let writes = 0;
    Deno.FsFile.prototype.write = function (bytes) {
      if (writes++ === 0) return write.call(this, bytes.subarray(0, 100));
      return Promise.reject(Object.assign(new Error("No space left"), { code: "ENOSPC" }));
    };
    try {
      await assertInputError(() => journal.append(ROWS.slice(3, 6)), path, "the disk is full");
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    await journal.append(ROWS.slice(6, 9));
    journal.close();
    const { recovered, lost, close } = await openJournal(schema, path);
    close();
    assertEquals([recovered.map(({ task }) => task), lost], [[0, 1, 2, 6, 7, 8], false]);
  }));

Deno.test("a record with any bit flipped is read from its copy, or is what it was", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run.json");
    const record = { form: 2, cost_usd: 1.25, flags: { judge: "probe", tasks: [1, 2] } };
    await writeRecord(path, record);
    const bytes = await Deno.readFile(path);
    for (const damaged of flipped(bytes, 60)) {
      await Deno.writeFile(path, damaged);
      const isOurs = (value: Record<string, unknown> | null) => value?.form === 2;
      const accepts = (value: Record<string, unknown> | null) =>
        Object.keys(value ?? {}).length === 3;
      assertEquals((await readRecord(path, { accepts, isOurs }))!.value, record);
    }
    await Deno.remove(copyOf(path));
    await Deno.writeTextFile(path, checkedJson(record).replace("1.25", "0.25"));
    assertEquals((await readRecord(path))!.state, "damaged");
    assertEquals(readChecked(checkedJson(record).replace("1.25", "0.25")).state, "damaged");
  }));
