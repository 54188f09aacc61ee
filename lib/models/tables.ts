/** The table `clips`. */
import { defineTable } from "../store/schema.ts";
import type { Clip } from "./generator.ts";

export const clipsTable = defineTable<Clip>({
  name: "clips",
  columns: {
    model: "utf8",
    task: "int32",
    seed: "int32",
    path: "utf8",
    sha256: "utf8",
    frames: "int32",
    width: "int32",
    height: "int32",
    fps: "float64",
    steps: "int32",
    guidance: "float64",
    device: "utf8",
    seconds: "float64",
    key: "utf8",
  },
  identity: ["model", "task", "seed"],
});
