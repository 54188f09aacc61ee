import { rejects } from "node:assert/strict";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";
import { ClipError } from "./errors.ts";
import { openWorkers } from "./workers.ts";

const workersModule = new URL("./workers.ts", import.meta.url);
const errorsModule = new URL("./errors.ts", import.meta.url);

/** Workers that run `body` with a job named `job`. */
function workers<Job, Value>(body: string, options: { workers: number; jobsEach?: number }) {
  const module = `import { serve } from "${workersModule}";
    import { ClipError, InputError } from "${errorsModule}";
    serve(async (job) => { ${body} });`;
  return openWorkers<Job, Value>(
    new URL("data:text/javascript," + encodeURIComponent(module)),
    options,
  );
}

Deno.test("few Workers run many jobs, and each job gets its own value", async () => {
  const wait = "await new Promise((r) => setTimeout(r, job % 7)); return job * job;";
  for (const options of [{ workers: 1 }, { workers: 2, jobsEach: 3 }]) {
    using squares = workers<number, number>(wait, options);
    const jobs = [...Array(60).keys()];
    assertEquals(await Promise.all(jobs.map((n) => squares.do(n))), jobs.map((n) => n * n));
  }
});

Deno.test("an error fails only its job, and InputErrors stay InputErrors", async () => {
  using bad = workers<string, string>(
    `if (job === "input") throw new InputError("no such clip");
     if (job === "clip") throw new ClipError("of this clip");
     if (job === "bug") throw new TypeError("x is not a function");
     return job;`,
    { workers: 1, jobsEach: 2 },
  );
  const [good] = await Promise.all([
    bad.do("good"),
    assertInputError(() => bad.do("input"), "no such clip"),
    rejects(() => bad.do("bug"), /x is not a function/),
    rejects(() => bad.do("clip"), ClipError),
  ]);
  assertEquals(good, "good");
});

Deno.test("a Worker that dies fails its jobs and is replaced", async () => {
  using mortal = workers<string, string>(
    `if (job === "die") { setTimeout(() => { throw new Error("dead"); }); await new Promise(() => {}); }
     return job;`,
    { workers: 1 },
  );
  await rejects(() => mortal.do("die"), /dead/);
  assertEquals(await mortal.do("on"), "on");
});

Deno.test("all Workers run in parallel", async () => {
  using busy = workers<number, number>(
    "const end = performance.timeOrigin + performance.now() + 150;" +
      "while (performance.timeOrigin + performance.now() < end); return end;",
    { workers: 2 },
  );
  await Promise.all([0, 1].map((n) => busy.do(n)));
  const ends = await Promise.all([0, 1].map((n) => busy.do(n)));
  assertOk(Math.abs(ends[0] - ends[1]) < 140, `ended ${ends[1] - ends[0]} ms apart`);
});
