/** The video models that can be named: a line for each file. */
export { lBase, nano, sBase, trained } from "./nano/entry.ts";
export { wan } from "./wan/entry.ts";
export { simulator } from "./simulator_entry.ts";
export { folder } from "./folder_entry.ts";
