/** The benchmarks that can be named: a line for each file. */
export { mini } from "./mini_entry.ts";
export { release } from "./release_entry.ts";
export { file } from "./file_entry.ts";
