/** What other people's libraries answer to the questions that the probe's kernels answer. */
import { fileURLToPath } from "node:url";

/** The libraries that the kernels are compared with; all of them run on Python 3.10. */
export const REFERENCES: readonly string[] = [
  "numpy==2.2.6",
  "pandas==2.3.3",
  "scikit-image==0.25.2",
  "scipy==1.15.3",
  "trackpy==0.7",
];

/** A call of one of the functions in `parity.py`. */
export interface Question {
  kernel: string;
  arguments: Record<string, unknown>;
}

/**
 * The answers of the libraries, by the names of their questions, from one run of `parity.py`: one, as
 * loading them takes longer than most answers. Throws what Python complained of where it fails.
 *
 * @param python A Python that has {@link REFERENCES}.
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { askReferences } from "./parity.ts";
 *
 * const failed = await askReferences(Deno.execPath(), {}).then(() => false, () => true);
 * assertEquals(failed, true);
 * ```
 */
export async function askReferences(
  python: string,
  questions: Record<string, Question>,
): Promise<Record<string, unknown>> {
  const settings = await Deno.makeTempDir({ prefix: "parity-" });
  try {
    const child = new Deno.Command(python, {
      args: ["-B", fileURLToPath(new URL("parity.py", import.meta.url))],
      // matplotlib, which trackpy loads, writes to the user's folders where it may.
      env: { MPLBACKEND: "agg", MPLCONFIGDIR: settings, OMP_NUM_THREADS: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const asking = ReadableStream.from([JSON.stringify(questions)])
      .pipeThrough(new TextEncoderStream())
      .pipeTo(child.stdin)
      // A Python that ends early says why on its standard error.
      .catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await asking;
    if (!success) throw new Error(`parity.py failed: ${new TextDecoder().decode(stderr).trim()}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(settings, { recursive: true });
  }
}
