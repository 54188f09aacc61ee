/** Worker that damages one file of a run many times; see `flips.ts`. */
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { InputError, messageOf } from "../../lib/errors.ts";
import { answerStore } from "../../lib/judges/openai/cache/answers.ts";
import { readKey } from "../../lib/judges/human/labels.ts";
import { runPaths } from "../../lib/paths.ts";
import { random } from "../../lib/random.ts";
import { sha256 } from "../../lib/store/key.ts";
import { readChecked } from "../../lib/store/record_file.ts";
import { sealOf } from "../../lib/store/seal.ts";
import { serve } from "../../lib/workers.ts";
import { type FlipsJob, type Outcome, read } from "./flips_files.ts";
import { folderOf, makeRun, makeSheet, scoreAndReport } from "./flips_run.ts";

const SCORES = ["scores.arrow", "summary.arrow", "claims.arrow"].map((name) => `run/${name}`);

let copy: Promise<{ root: string; before: Map<string, Uint8Array> }> | undefined;

serve(async (job: FlipsJob): Promise<Outcome> => {
  copy ??= copied(job.whole);
  const { root, before } = await copy;
  const run = { root, baseUrl: job.baseUrl };
  const { name, folded } = job;
  const paths = runPaths(folderOf(run));
  const draw = random(job.seed, "flips", name);
  const outcome: Outcome = {
    ...{ right: 0, named: 0, told: 0, wrong: 0, unnamed: 0, unhealed: 0, first: "" },
  };
  const key = JSON.stringify(await readKey(paths));
  for (let i = 0; i < job.flips; i++) {
    const bytes = before.get(name)!.slice();
    const at = Math.floor(draw() * bytes.length);
    bytes[at] ^= 1 << Math.floor(draw() * 8);
    await Deno.writeFile(join(root, name), bytes);
    const wrong = (kind: "wrong" | "unnamed" | "unhealed", text: string) => {
      outcome[kind]++;
      outcome.first ||= `${kind}, byte ${at}: ${text}`;
    };
    const notes: string[] = [];
    const error = await attempt(async () => {
      await scoreAndReport(run, notes);
      // Nothing but reading a sheet needs it.
      if (name.startsWith("run/labels/") && JSON.stringify(await readKey(paths)) !== key) {
        throw new Error("another key");
      }
      // A kept answer is read only where its verdict is missing: then it is itself, or asked for again.
      if (name.startsWith("answers/") && !await isAnswer(root, name, before.get(name)!)) {
        throw new Error("another answer");
      }
    });
    let after = await read(root);
    if (error !== null) {
      const isNamed = error instanceof InputError && messageOf(error).includes(basename(name));
      if (isNamed) outcome.named++;
      else wrong("unnamed", messageOf(error));
    } else if (scoresOf(after) === scoresOf(before)) outcome.right++;
    else if (name.startsWith("run/clips/") && notes.some((line) => line.includes(basename(name)))) {
      outcome.told++;
    } else wrong("wrong", notes.join("; "));
    if (error !== null || problemOf(after, folded) !== null) {
      const again = await attempt(async () => {
        await makeRun(run);
        if (!name.startsWith("run/labels/")) return;
        // Answers may be in it: it is not replaced, and a person is told to move it away.
        await Deno.remove(join(root, "run/labels/sheet.csv"));
        await makeSheet(run);
      });
      after = await read(root);
      const problem = again === null ? problemOf(after, folded) : messageOf(again);
      if (problem !== null) wrong("unhealed", problem);
    }
    await restore(root, before, after);
  }
  return outcome;
});

async function copied(whole: string) {
  const root = await Deno.realPath(await Deno.makeTempDir({ dir: whole, prefix: "worker-" }));
  const before = await read(whole);
  await restore(root, before, new Map());
  return { root, before };
}

async function attempt(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error;
  }
}

function scoresOf(files: ReadonlyMap<string, Uint8Array>): string {
  return SCORES.map((name) => sha256(files.get(name) ?? new Uint8Array())).join();
}

/** Whether the store gives the answer that was kept, or none. */
async function isAnswer(root: string, name: string, kept: Uint8Array): Promise<boolean> {
  const found = await answerStore(join(root, "answers")).get(basename(name, ".json"));
  const { reply } = JSON.parse(new TextDecoder().decode(kept));
  return found === null || isDeepStrictEqual(found, reply);
}

/** What in a run is not as it was; null where all is. */
function problemOf(
  files: ReadonlyMap<string, Uint8Array>,
  folded: ReadonlyMap<string, string>,
): string | null {
  for (const [name, expected] of folded) {
    const bytes = files.get(name) ?? new Uint8Array();
    // Records of commands grow, the page says when it was made, rows that are made again took another time.
    if (/run\.json$|index\.html$|\.lock$/.test(name)) continue;
    if (name.startsWith("answers/")) continue;
    // Each look at a batch is recorded.
    if (/batches\/(\.microverse-copy-)?state\.json$/.test(name)) {
      if (readChecked(new TextDecoder().decode(bytes)).state === "whole") continue;
      return `${name} is not whole`;
    }
    const isSame = /run\/(clips|verdicts)\.arrow$/.test(name)
      ? sealOf(bytes) === "whole"
      : sha256(bytes) === expected;
    if (!isSame) return `${name} is not as it was`;
  }
  return null;
}

async function restore(
  root: string,
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const name of after.keys()) if (!before.has(name)) await Deno.remove(join(root, name));
  for (const [name, bytes] of before) {
    const now = after.get(name);
    if (now && now.length === bytes.length && sha256(now) === sha256(bytes)) continue;
    await Deno.mkdir(join(root, name, ".."), { recursive: true });
    await Deno.writeFile(join(root, name), bytes);
  }
}
