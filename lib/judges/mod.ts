/** Judges: a clip of a task in, one verdict per criterion out. */
export { type Imported, readImported } from "./imported.ts";
export { probeJudge } from "./probe/mod.ts";
export { verdictsTable } from "./tables.ts";
export { type Judge, NON_BINARY, type Ruling, type Verdict } from "./types.ts";
