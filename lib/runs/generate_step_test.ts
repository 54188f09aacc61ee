import { join } from "node:path";
import { choose } from "../registry.ts";
import { MODELS } from "../models/registry.ts";
import { assertInputError } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { generateStep } from "./generate_step.ts";
import { silent } from "./progress.ts";
import { withSession } from "./session.ts";

const invocation = { command: "generate", passed: [], resolved: {} };

Deno.test("a model that covers no chosen task is named as typed, with the tasks it covers", () =>
  inFolder(async (parent) => {
    const refuse = (model: string, tasks: number[], ...said: string[]) =>
      assertInputError(
        () =>
          withSession(
            { folder: join(parent, "run"), invocation, progress: silent, begins: true },
            (session) =>
              generateStep(choose(MODELS, model, "model"), { seeds: [0], tasks }, session),
          ),
        ...said,
      );
    await refuse(
      "simulator:backflow",
      [1, 2, 3],
      "Cannot make clips of tasks 1-3 with simulator:backflow: of mini it covers tasks 16-18",
    );
    await refuse("mine=simulator:backflow", [2], "of task 2 with mine=simulator:backflow");
  }));
