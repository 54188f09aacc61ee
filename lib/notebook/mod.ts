/** Notebooks: what they show, how they are executed, how they are kept. */
export { type Bundle, bundleOf, html, markdown, type Showable, video } from "./bundle.ts";
export { type CellProgress, executeNotebook, type ExecuteOptions } from "./execute.ts";
export { CellError, runningCells } from "./executed.ts";
export {
  type CodeCell,
  formatNotebook,
  type Notebook,
  outputsOf,
  parseNotebook,
  readNotebook,
  type TextCell,
  writeNotebook,
} from "./format.ts";
export {
  executeInJupyter,
  executeWithJupyter,
  type JupyterExecution,
  type JupyterOptions,
} from "./jupyter.ts";
export { jupyterEnvironment } from "./jupyter_environment.ts";
export { type Execution, type Kernel, type KernelOptions, startKernel } from "./kernel.ts";
export { mergeStreams, type Output } from "./outputs.ts";
export { settle, show } from "./show.ts";
