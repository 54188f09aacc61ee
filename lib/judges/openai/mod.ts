/** The judge that asks a multimodal model through any OpenAI-compatible endpoint. */
export { type AnswerStore, answerStore } from "./answers.ts";
export type { Asked, KeptAnswers } from "./ask.ts";
export {
  type BatchOptions,
  type BatchProgress,
  type BatchReport,
  batchRequests,
  runBatches,
} from "./batch.ts";
export type { BatchRequest } from "./batch_files.ts";
export { chatClient, type ChatClientOptions, type ChatEvent, type ChatStats } from "./client.ts";
export { askSettings, openaiJudge, type OpenaiJudgeOptions } from "./judge.ts";
export { PICTURES, RELEASED_PICTURES } from "./pictures.ts";
export {
  Budget,
  BudgetReached,
  costOf,
  estimateTokens,
  type Price,
  priceOf,
  type PriceTable,
  readPrices,
} from "./price.ts";
export { type Prompt, REPAIRED_VERSION, repairedPrompt } from "./prompts.ts";
export {
  type AskSettings,
  firstForm,
  type Question,
  type Questioner,
  questioner,
  type RequestSize,
} from "./question.ts";
export { releasedPrompt } from "./released_prompt.ts";
export { openStudio, type Studio } from "./studio.ts";
export { type ChatClient, PayloadTooLarge, type Reply, RequestFailed } from "./types.ts";
