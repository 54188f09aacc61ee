/** The architecture as data: who may import whom, and the breaches known today. */

/** Rooms at the same level. Imports go to the same room or down. */
export interface Floor {
  name: string;
  /** Files and folders; a file belongs to the longest matching one. */
  rooms: readonly string[];
  /** Whether rooms of this floor may import one another; otherwise they are peers and may not. */
  open?: boolean;
}

/** Folders whose subfolders may not import one another. */
export interface Peers {
  folder: string;
  why: string;
}

/** A room with few permitted imports. */
export interface Sparse {
  room: string;
  /** Files and folders outside the room, and packages. */
  allowed: readonly string[];
  why: string;
}

/** The rule that is broken. */
export type Wall =
  | "floors"
  | "peers"
  | "sparse"
  | "measures"
  | "tests"
  | "cycles"
  | "computed"
  | "environment"
  | "heavy";

/** A known breach: the rule and both ends. */
export interface Known {
  wall: Wall;
  from: string;
  /** A file, a package, or something read. */
  to: string;
  /** Why it is tolerated, and until when. */
  why: string;
}

/** Everything that is checked. */
export interface Rules {
  floors: readonly Floor[];
  peers: readonly Peers[];
  sparse: readonly Sparse[];
  /** Packages that are slow to load. */
  heavy: readonly string[];
  known: readonly Known[];
}

const FLOORS: readonly Floor[] = [
  {
    name: "ground",
    rooms: [
      "lib/code_version.ts",
      "lib/columns.ts",
      "lib/csv.ts",
      "lib/errors.ts",
      "lib/import_graph.ts",
      "lib/lazy.ts",
      "lib/markup.ts",
      "lib/names.ts",
      "lib/numbers.ts",
      "lib/options.ts",
      "lib/paths.ts",
      "lib/process_memory.ts",
      "lib/random.ts",
      "lib/registry.ts",
      "lib/shell.ts",
      "lib/source_imports.ts",
      "lib/source_tokens.ts",
      "lib/statistics.ts",
      "lib/temporary.ts",
      "lib/workers.ts",
      "lib/zod_text.ts",
    ],
    open: true,
  },
  {
    name: "base",
    rooms: ["lib/onnx", "lib/pyenv", "lib/std-cli", "lib/store", "lib/video"],
  },
  { name: "records", rooms: ["lib/records"] },
  // The basis of measures and the basis of drawing worlds: shared code would hide shared faults.
  { name: "vision and sim", rooms: ["lib/vision", "lib/sim"] },
  { name: "worlds", rooms: ["lib/worlds"] },
  { name: "benchmark", rooms: ["lib/benchmark"] },
  { name: "models and judges", rooms: ["lib/models", "lib/judges"] },
  { name: "scores", rooms: ["lib/scores"] },
  { name: "figures", rooms: ["lib/figures"] },
  // Notebooks show figures and videos; used only by them and by tasks.
  { name: "jupyter", rooms: ["lib/jupyter"] },
  // These only read tables; claims are computed along with a run's scores.
  { name: "studies of tables", rooms: ["lib/studies/argument", "lib/studies/agreement"] },
  { name: "runs", rooms: ["lib/runs"] },
  { name: "dataset and studies", rooms: ["lib/dataset", "lib/studies"] },
  { name: "report", rooms: ["lib/report"] },
  { name: "reproduce", rooms: ["lib/reproduce.ts"] },
  { name: "pages", rooms: ["lib/pages"] },
  // What external code imports; inside the project, values come from the files that define them.
  { name: "public entries", rooms: ["lib/mod.ts", "lib/pages.ts"] },
  { name: "tasks", rooms: ["tasks"] },
];

/** The rules of this project. */
export const RULES: Rules = {
  floors: FLOORS,
  peers: [
    { folder: "lib/worlds", why: "worlds are independent of one another" },
    { folder: "lib/models", why: "models are independent of one another" },
    { folder: "lib/judges", why: "judges are independent of one another" },
  ],
  sparse: [{
    room: "lib/records",
    allowed: ["lib/store", "lib/errors.ts", "zod"],
    why: "records are plain: rows and tables, without the code that makes them",
  }],
  heavy: ["@resvg/resvg-js", "node-av", "onnxruntime-node", "openai", "sharp"],
  known: [
    {
      wall: "computed",
      from: "lib/lazy.ts",
      to: "a computed specifier",
      why: "its callers specify the import by URL",
    },
    {
      wall: "environment",
      from: "lib/testing/chromium.ts",
      to: "Deno.env",
      why: "it looks for a browser in PATH, only for tests",
    },
  ],
};
