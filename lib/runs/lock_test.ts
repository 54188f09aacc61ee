import { hostname } from "node:os";
import { join } from "node:path";
import { runPaths } from "../paths.ts";
import { assertEquals, assertInputError } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { holderOf, lockFile, lockFolder, tryHold } from "./lock.ts";

/** Has this process's files behave as on a disk without file locks. */
async function withoutLocks(work: () => Promise<unknown>): Promise<void> {
  const { lock, tryLock } = Deno.FsFile.prototype;
  const refuse = () =>
    Promise.reject(Object.assign(new Error("Function not implemented"), { code: "ENOSYS" }));
  Object.assign(Deno.FsFile.prototype, { lock: refuse, tryLock: refuse });
  try {
    await work();
  } finally {
    Object.assign(Deno.FsFile.prototype, { lock, tryLock });
  }
}

Deno.test("a folder in use on another machine is refused, until that says nothing any more", () =>
  inFolder(async (folder) => {
    const { lock } = runPaths(folder);
    await Deno.writeTextFile(lock, JSON.stringify({ host: "node7", pid: 42 }));
    await assertInputError(() => lockFolder({ folder, lock }), "process 42 on node7");
    const old = new Date(Date.now() - 600_000);
    await Deno.utime(lock, old, old);
    using _held = await lockFolder({ folder, lock });
    assertEquals(JSON.parse(await Deno.readTextFile(lock)), { host: hostname(), pid: Deno.pid });
  }));

Deno.test("a disk without file locks holds a folder by a file, which a kill leaves for a while only", () =>
  inFolder((folder) =>
    withoutLocks(async () => {
      const { lock } = runPaths(folder);
      {
        using _held = await lockFolder({ folder, lock });
        await assertInputError(() => lockFolder({ folder, lock }), `process ${Deno.pid}`, "90 s");
        await assertInputError(() => lockFolder({ folder, lock }, { shared: true }), "--shard");
      }
      await Deno.writeTextFile(holderOf(lock), JSON.stringify({ host: "node7", pid: 42 }));
      await assertInputError(() => lockFolder({ folder, lock }), "process 42 on node7");
      const old = new Date(Date.now() - 600_000);
      await Deno.utime(holderOf(lock), old, old);
      (await lockFolder({ folder, lock }))[Symbol.dispose]();
      (await lockFile(join(folder, "turn")))[Symbol.dispose]();
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
        ".microverse.lock",
        "turn",
      ]);
    })
  ));

Deno.test("of many that find what a killed process held, one has it", () =>
  inFolder((folder) =>
    withoutLocks(async () => {
      const { lock } = runPaths(folder);
      const old = new Date(Date.now() - 600_000);
      for (let round = 0; round < 4; round++) {
        await Deno.writeTextFile(holderOf(lock), JSON.stringify({ host: "node7", pid: 42 }));
        await Deno.utime(holderOf(lock), old, old);
        const taken = await Promise.all(Array.from({ length: 8 }, () => tryHold(lock)));
        const held = taken.filter((one) => !("by" in one)) as Disposable[];
        assertEquals(held.length, 1);
        for (const one of held) one[Symbol.dispose]();
      }
      // One that was created just now does not say yet by whom.
      await Deno.writeTextFile(holderOf(lock), "");
      assertEquals("by" in await tryHold(lock), true);
    })
  ));
