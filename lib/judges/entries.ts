/** The judges that can be named: a line for each file. */
export { probe } from "./probe/entry.ts";
export { openai } from "./openai/entry.ts";
export { imported } from "./imported_entry.ts";
export { human } from "./human/entry.ts";
