/** The walls of the house as data: who may import whom, and the breaches known today. */

/** Rooms of one height. Imports go to the same room or down. */
export interface Floor {
  name: string;
  /** Files and folders; the longest that fits a file is its room. */
  rooms: readonly string[];
  /** Rooms of a floor may import one another where this is so; else they are peers and may not. */
  open?: boolean;
}

/** Folders whose subfolders may not import one another. */
export interface Peers {
  folder: string;
  why: string;
}

/** A room that may import little. */
export interface Sparse {
  room: string;
  /** Files and folders beside itself, and packages. */
  allowed: readonly string[];
  why: string;
}

/** Which wall is broken. */
export type Wall =
  | "floors"
  | "peers"
  | "sparse"
  | "measures"
  | "tests"
  | "circles"
  | "computed"
  | "environment"
  | "heavy";

/** A breach by its wall and its ends. */
export interface Known {
  wall: Wall;
  from: string;
  /** A file, a package, or what is read. */
  to: string;
  /** Why it stands, and until when. */
  why: string;
}

/** All that is checked. */
export interface Rules {
  floors: readonly Floor[];
  peers: readonly Peers[];
  sparse: readonly Sparse[];
  /** Packages that cost much to load. */
  heavy: readonly string[];
  known: readonly Known[];
}

const FLOORS: readonly Floor[] = [
  {
    name: "ground",
    rooms: [
      "lib/code_version.ts",
      "lib/columns.ts",
      "lib/errors.ts",
      "lib/import_graph.ts",
      "lib/lazy.ts",
      "lib/markup.ts",
      "lib/options.ts",
      "lib/paths.ts",
      "lib/process_memory.ts",
      "lib/random.ts",
      "lib/registry.ts",
      "lib/shell.ts",
      "lib/source_imports.ts",
      "lib/source_tokens.ts",
      "lib/statistics.ts",
      "lib/workers.ts",
    ],
    open: true,
  },
  {
    name: "base",
    rooms: ["lib/onnx", "lib/pyenv", "lib/std-cli", "lib/store", "lib/video"],
  },
  { name: "records", rooms: ["lib/records"] },
  // What measures stand on and what worlds are drawn with: shared code would hide shared faults.
  { name: "vision and sim", rooms: ["lib/vision", "lib/sim"] },
  { name: "worlds", rooms: ["lib/worlds"] },
  { name: "benchmark", rooms: ["lib/benchmark"] },
  { name: "models and judges", rooms: ["lib/models", "lib/judges"] },
  { name: "scores", rooms: ["lib/scores"] },
  { name: "figures", rooms: ["lib/figures"] },
  // Notebooks show figures and videos; only they and tasks stand on it.
  { name: "jupyter", rooms: ["lib/jupyter"] },
  // These read tables and run nothing; a run's scores lead to claims at once.
  { name: "studies of tables", rooms: ["lib/studies/argument", "lib/studies/agreement"] },
  { name: "runs", rooms: ["lib/runs"] },
  { name: "dataset and studies", rooms: ["lib/dataset", "lib/studies"] },
  { name: "report", rooms: ["lib/report"] },
  { name: "reproduce", rooms: ["lib/reproduce.ts"] },
  { name: "pages", rooms: ["lib/pages"] },
  // What code outside imports; within, values come from the files that define them.
  { name: "public entries", rooms: ["lib/mod.ts", "lib/pages.ts"] },
  { name: "tasks", rooms: ["tasks"] },
];

/** The walls of this project. */
export const RULES: Rules = {
  floors: FLOORS,
  peers: [
    { folder: "lib/worlds", why: "a world is added or changed without another" },
    { folder: "lib/models", why: "a model is added or changed without another" },
    { folder: "lib/judges", why: "a judge is added or changed without another" },
  ],
  sparse: [{
    room: "lib/records",
    allowed: ["lib/store", "lib/errors.ts", "zod"],
    why: "records are plain: rows and tables, and nothing that makes them",
  }],
  heavy: ["@resvg/resvg-js", "node-av", "onnxruntime-node", "openai", "sharp"],
  known: [
    {
      wall: "computed",
      from: "lib/lazy.ts",
      to: "what it computes",
      why: "its callers name by address what it imports",
    },
    {
      wall: "environment",
      from: "lib/testing/chromium.ts",
      to: "Deno.env",
      why: "it looks for a browser in PATH, for tests alone",
    },
  ],
};
