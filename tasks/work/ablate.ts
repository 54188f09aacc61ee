/** The work of `deno task ablate`. */
import { join, resolve } from "node:path";
import { readReworded } from "../../lib/benchmark/reworded.ts";
import { InputError } from "../../lib/errors.ts";
import { probeJudge } from "../../lib/judges/probe/judge.ts";
import { weightsOf } from "../../lib/models/nano/entry.ts";
import { modelsIn } from "../../lib/models/nano/find_weights.ts";
import { openNano } from "../../lib/models/nano/nano.ts";
import { SAMPLING } from "../../lib/models/nano/sampling.ts";
import { PROJECT, runFolder } from "../../lib/paths.ts";
import { parseSpec } from "../../lib/registry.ts";
import { withSession } from "../../lib/runs/session.ts";
import { ablate } from "../../lib/studies/ablation/ablate.ts";
import { ablationText } from "../../lib/studies/ablation/text.ts";
import { trainedOnFewer } from "../../lib/studies/ablation/trained.ts";
import { BASE, FACTORS, type task } from "../ablate.ts";
import type { WorkOf } from "../cli.ts";

export const run: WorkOf<typeof task> = async (flags, { invocation, progress, signal }) => {
  const { folder, model } = await weightsOf(parseSpec(flags.model));
  const models = await modelsIn(folder);
  if (!models.includes(model)) {
    throw new InputError(
      `Unknown model ${flags.model}; expected ${models.join(", ")} or trained:DIR/NAME`,
    );
  }
  const trainedFolder = flags.trained === undefined ? folder : resolve(flags.trained);
  const trained = trainedOnFewer(model, await modelsIn(trainedFolder));
  const opened = new Set<string>();
  const runs = runFolder(flags.run ?? "ablations");
  const rows = await withSession(
    { folder: runs, invocation, progress, signal, begins: true },
    async (session) => {
      const { loaded } = session;
      return await ablate({
        ...{ model, trained, loaded, sampling: SAMPLING, tasks: flags.tasks },
        factors: FACTORS.filter((factor) => flags.factors.includes(factor)),
        base: model !== BASE && models.includes(BASE) ? BASE : null,
        seeds: flags["per-task"],
        reworded: await readReworded(PROJECT.reworded, loaded.benchmark.tasks),
        judge: probeJudge(),
        open: (weights, name, sampling) =>
          openNano({
            folder: trained.some((each) => each.model === weights) ? trainedFolder : folder,
            model: weights,
            ...{ name, provider: flags.provider, sampling },
            onOpen({ provider }) {
              if (!opened.has(weights)) progress.note(`${weights} computes on ${provider}`);
              opened.add(weights);
            },
          }),
      }, session);
    },
  );
  console.log(ablationText(rows, model, BASE));
  const figure = join(runs, "figures", "ablations.png");
  console.log(`Table: ${join(runs, "ablations.arrow")}. Figure: ${figure}`);
};
