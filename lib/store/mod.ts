/** Arrow tables on disk: whole or absent, resumable, and their own cache. Uses nothing else of ours. */
export { type CachedTable, openCache, sortRows } from "./cache.ts";
export { exists, replaceFile, replaceFileIfChanged } from "./file.ts";
export { type Gathering, gatherRows } from "./gather.ts";
export { type Journal, openJournal } from "./journal.ts";
export { type Json, keyOf, sha256 } from "./key.ts";
export { defineTable, type TableSchema } from "./schema.ts";
export { countRows, encodeTable, readTable, readTableIfAny, writeTable } from "./table.ts";
