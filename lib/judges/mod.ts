/** Judges: a clip of a task in, one verdict per criterion out. */
export { type Imported, readImported } from "./imported.ts";
export { probeJudge } from "./probe/mod.ts";
export { verdictsTable } from "./tables.ts";
export {
  type FileJob,
  type FileRulings,
  type Judge,
  type Judgement,
  NON_BINARY,
  type PicturedClip,
  type Ruling,
  type Usage,
  type Verdict,
} from "./types.ts";
