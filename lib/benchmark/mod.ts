/** What is asked: tasks and criteria in both formats, their statistics, and their audit. */
export { auditBenchmark, auditRelease, FINDING_KINDS } from "./audit.ts";
export { fetchRelease, RELEASE_COMMIT, RELEASE_HASHES, RELEASE_URL } from "./fetch.ts";
export { isMisKeyed, type KeyReading, readKeys } from "./keys.ts";
export { readMini, type Scene } from "./mini.ts";
export { type Paper, readPaper } from "./paper.ts";
export { readRelease, type Release, RELEASE_FILES, releaseBenchmark } from "./release.ts";
export { benchmarkStatistics, type Statistic, statsTable, wordCount } from "./stats.ts";
export { criteriaTable, findingsTable, tasksTable } from "./tables.ts";
export * from "./types.ts";
