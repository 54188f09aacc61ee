/** Python where it exists, for what only Python can prove. */
export {
  ensureJupyter,
  type Jupyter,
  jupyterOnPath,
  jupyterOrSkip,
  type JupyterSearch,
} from "./jupyter.ts";
export { ensurePython, type Python, type PythonOptions } from "./python.ts";
export { JUPYTER, JUPYTERLAB, LAB, NBCLIENT, type Needed, TABLES } from "./requirements.ts";
