/** Results of reference libraries for comparison with the probe's kernels. */
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
 * The results of the libraries, by question name, from a single run of `parity.py`, since loading
 * them takes longer than most results. Throws Python's error output if it fails.
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
      // matplotlib, which trackpy loads, may write to the user's folders.
      env: { MPLBACKEND: "agg", MPLCONFIGDIR: settings, OMP_NUM_THREADS: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const asking = ReadableStream.from([JSON.stringify(questions)])
      .pipeThrough(new TextEncoderStream())
      .pipeTo(child.stdin)
      // If Python exits early, the reason is on its standard error.
      .catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await asking;
    if (!success) throw new Error(`parity.py failed: ${new TextDecoder().decode(stderr).trim()}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(settings, { recursive: true });
  }
}
