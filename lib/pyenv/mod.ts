/** Python where it exists, for what only Python can prove. */
export { ensurePython, type Python, type PythonOptions } from "./python.ts";
export { JUPYTER, TABLES } from "./requirements.ts";
