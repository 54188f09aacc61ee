/** MicroWorldBench. */
import { resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import { PROJECT } from "../paths.ts";
import { exists } from "../store/file.ts";
import type { BenchmarkEntry } from "./loaded.ts";

const load = lazy<typeof import("./release.ts")>(new URL("./release.ts", import.meta.url));
const loadFetch = lazy<typeof import("./fetch.ts")>(new URL("./fetch.ts", import.meta.url));

/** MicroWorldBench as released. */
export const release: BenchmarkEntry = {
  name: "release",
  syntax: [
    { form: "release", help: "MicroWorldBench, after deno task fetch" },
    { form: "release:DIR", help: "the same from a folder with its three files" },
  ],
  help: "the paper's benchmark as released",
  options: z.object({}),
  async open(argument) {
    const { readRelease, RELEASE_FILES, releaseBenchmark } = await load();
    const folder = argument === undefined ? PROJECT.release : resolve(argument);
    if (!await exists(`${folder}/${RELEASE_FILES.normalised}`)) {
      throw new InputError(
        `Found no ${RELEASE_FILES.normalised} in ${folder}. Get MicroWorldBench with deno task fetch ` +
          "(or deno task fetch --from DIR for a local copy), or name its folder: --benchmark " +
          "release:DIR",
      );
    }
    const files = await readRelease(folder);
    const spec = argument === undefined ? "release" : `release:${folder}`;
    const published = await (await loadFetch()).isPublished(folder);
    return { benchmark: releaseBenchmark(files), spec, release: files, published };
  },
};
