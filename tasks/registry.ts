/** The commands of deno.json, each a line, in the order of the reference. */
import type { Task } from "./cli.ts";

/** Tasks by the name that `deno task` knows them by. */
export const TASKS: Readonly<Record<string, () => Promise<Task>>> = {
  "reproduce": () => import("./reproduce.ts").then(({ task }) => task),
  "fetch": () => import("./fetch.ts").then(({ task }) => task),
  "stats": () => import("./stats.ts").then(({ task }) => task),
  "audit": () => import("./audit.ts").then(({ task }) => task),
  "tasks": () => import("./tasks.ts").then(({ task }) => task),
  "export": () => import("./export.ts").then(({ task }) => task),
  "models": () => import("./models.ts").then(({ task }) => task),
  "generate": () => import("./generate.ts").then(({ task }) => task),
  "judge": () => import("./judge.ts").then(({ task }) => task),
  "score": () => import("./score.ts").then(({ task }) => task),
  "report": () => import("./report.ts").then(({ task }) => task),
  "label": () => import("./label.ts").then(({ task }) => task),
  "agreement": () => import("./agreement.ts").then(({ task }) => task),
  "calibrate": () => import("./calibrate.ts").then(({ task }) => task),
  "ablate": () => import("./ablate.ts").then(({ task }) => task),
  "dataset": () => import("./dataset.ts").then(({ task }) => task),
  "train": () => import("./train.ts").then(({ task }) => task),
  "notebooks": () => import("./notebooks.ts").then(({ task }) => task),
  "lab": () => import("./lab.ts").then(({ task }) => task),
  "bench": () => import("./bench.ts").then(({ task }) => task),
  "test": () => import("./gate.ts").then(({ task }) => task),
};
