/** The available benchmarks: one line per file. */
export { mini } from "./mini_entry.ts";
export { release } from "./release_entry.ts";
export { file } from "./file_entry.ts";
