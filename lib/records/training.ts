/** Training logs. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** A progress report of a training stage: a row of the table `training`. */
export interface TrainingReport {
  /** `vae`, or the model's name. */
  stage: string;
  /** Training steps taken. */
  step: number;
  /** Total steps of the stage. */
  steps: number;
  /** Mean training loss since the last report. */
  loss: number;
  /** Loss of the averaged (EMA) weights on the validation split; null if not evaluated at this step. */
  validation_loss: number | null;
  /** The learning rate at this step. */
  learning_rate: number;
  /** The device. */
  device: string;
  /** Hash of everything that determines the stage. */
  key: string;
}

/** The table `training`. */
export const trainingTable: TableSchema<TrainingReport> = defineTable({
  name: "training",
  columns: {
    stage: "utf8",
    step: "int32",
    steps: "int32",
    loss: "float64",
    validation_loss: "float64?",
    learning_rate: "float64",
    device: "utf8",
    key: "utf8",
  },
  identity: ["stage", "step"],
});
