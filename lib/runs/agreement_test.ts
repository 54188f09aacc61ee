import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { assertInputError } from "../testing/assert.ts";
import { agreementStep } from "./agreement.ts";
import { generateStep } from "./generate_step.ts";
import { judgeStep } from "./judge_step.ts";
import { silent } from "./progress.ts";
import { withSession } from "./session.ts";

const invocation = { command: "try", passed: [], resolved: {} };

Deno.test("where a judge has no verdicts, the command that makes them is named", async () => {
  const folder = await Deno.makeTempDir();
  const options = { folder, invocation, progress: silent, begins: true };
  await withSession(options, async (session) => {
    await generateStep(chooseModel("simulator"), { seeds: [0], tasks: [9] }, session);
    const compare = (first: string, second: string) => () =>
      agreementStep({ judges: [first, second], rule: "repaired" }, {}, session);
    const [judge, label] = ["judge", "label"].map((task) => `deno task ${task} --run ${folder}`);
    await assertInputError(compare("probe", "gpt"), `no verdicts yet; make them with ${judge}`);
    await assertInputError(compare("probe", "human"), judge, `the judge human with ${label}`);
    await judgeStep(chooseJudge("probe"), {}, session);
    await assertInputError(compare("probe", "human"), "whose judges are probe", label);
    await assertInputError(compare("probe", "gpt"), "judge gpt; expected one of probe");
  });
  await Deno.remove(folder, { recursive: true });
});
