/** How a model's training went. */
import { defineTable } from "../store/schema.ts";

/** A report of a stage of training: a row of the table `training`. */
export interface TrainingReport {
  /** `vae`, or a model's name. */
  stage: string;
  step: number;
  /** Of the whole stage. */
  steps: number;
  /** Mean over the steps since the last report. */
  loss: number;
  /** Of the running average of the weights, on clips that are not trained on; where it was taken. */
  held_out: number | null;
  /** Learning rate. */
  rate: number;
  device: string;
  key: string;
}

export const trainingTable = defineTable<TrainingReport>({
  name: "training",
  columns: {
    stage: "utf8",
    step: "int32",
    steps: "int32",
    loss: "float64",
    held_out: "float64?",
    rate: "float64",
    device: "utf8",
    key: "utf8",
  },
  identity: ["stage", "step"],
});
