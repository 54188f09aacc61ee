/** People as judges: a sheet with frames to fill in, and the verdicts that it holds. */
export { parseCsv, writeCsv } from "./csv.ts";
export { type SheetClip, sheetPage } from "./page.ts";
export { sampleClips } from "./sample.ts";
export {
  clipCode,
  type KeyEntry,
  NOT_LABELLED,
  parseKey,
  type ReadOptions,
  readSheet,
  SHEET_VERSION,
  sheetCsv,
} from "./sheet.ts";
