/** Section bodies: tables, figures and failure cards. */
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { count, DIMENSION_NAME, number, SCALE_NAME } from "../figures/look.ts";
import type { Group, Summary } from "../records/summary.ts";
import { type Column, figures, table } from "./elements.ts";
import { addressOf, type Markup, markup } from "./html.ts";
import type { PaperModel } from "../benchmark/paper.ts";
import { comparedText, missingText, sharedRankText } from "../scores/compared_text.ts";
import { leaderboardOf } from "../scores/summary.ts";
import type {
  CoveragePart,
  FailureCard,
  FailuresPart,
  FindingCount,
  LeaderboardPart,
  PaperComparison,
  RunFacts,
  ShownFacts,
  TableFacts,
  UnscoredPart,
} from "./types.ts";

/** When, with which code and with which flags the run was made. */
export function runFacts(run: RunFacts): Markup {
  const pairs: [string, string][] = [
    ["Benchmark", run.benchmark],
    ["Status", run.status],
    ["Started", run.started],
    ["Finished", run.finished ?? "not yet"],
    [
      "Commit",
      run.commit === null ? "not in a checkout" : run.commit +
        (run.dirty ? ", with changes" : run.dirty === null ? ", not compared with the files" : ""),
    ],
    ...Object.entries(run.versions),
    ...Object.entries(run.flags).map(([flag, value]): [string, string] => [`--${flag}`, value]),
  ];
  return markup`
    <dl>${
    pairs.map(([name, value]) =>
      markup`
        <dt>${name}</dt>
        <dd>${value}</dd>
      `
    )
  }</dl>
  `;
}

/** Comparison of reproduced figures with the paper. */
export function comparison(rows: readonly PaperComparison[]): Markup {
  return table(rows, [
    { title: "What", cell: ({ what }) => what },
    { title: "Ours", cell: ({ ours }) => ours, numeric: true },
    { title: "Paper", cell: ({ paper }) => paper, numeric: true },
    { title: "Tolerance", cell: ({ tolerance }) => tolerance },
    {
      title: "Verdict",
      cell: ({ verdict }) => markup`<span class="verdict ${verdict}">${verdict}</span>`,
    },
  ]);
}

/** Models ranked by mean score, those that are not ranked, and the paper's for reference. */
export function leaderboard(
  { summary, figures: drawn, tasks, part = null, reference, paperTasks, noReference = null }:
    LeaderboardPart,
): Markup {
  const { ranked, apart } = leaderboardOf(summary);
  const more = [sharedRankText(ranked), missingText(summary, tasks, part)]
    .filter((text) => text !== null);
  return markup`${figures(drawn)}<p>Compared: ${comparedText(ranked)}. ${more.join(" ")}</p>
<p class="muted">Mean score with its 95% interval, and mean by scale
and by dimension, all 0–100. Below the number of tasks, the share of criteria with a verdict.</p>
${modelTable(ranked)}${
    apart.length === 0 ? null : markup`<h3>Not ranked</h3>
<p>Too few of the tasks that the others have. These means are over each model's own tasks and cannot be
compared with those above.</p>
${modelTable(apart)}`
  }${noReference === null ? null : markup`<p class="muted">${noReference}</p>`}${
    reference.length === 0 ? null : markup`<h3>The paper's models, for reference</h3>
<p>As the paper reports them, over all ${
      count(paperTasks)
    } tasks and by its own judge: not measured here.</p>
${paperTable(reference)}`
  }`;
}

const SHOWN_GROUPS: readonly { group: Group; title: string }[] = [
  ...SCALES.map((group) => ({ group, title: SCALE_NAME[group] })),
  ...DIMENSIONS.map((group) => ({ group, title: DIMENSION_NAME[group].split(" ")[0] })),
];

/** A line for each model, in their order. */
function modelTable(summary: readonly Summary[]): Markup {
  const overall = summary.filter(({ group }) => group === "all");
  const shown = SHOWN_GROUPS.filter(({ group }) => summary.some((row) => row.group === group));
  const byGroup = new Map(summary.map((row) => [JSON.stringify([row.model, row.group]), row]));
  return table(overall, [
    { title: "Rank", cell: ({ rank }) => rank === null ? "–" : count(rank), numeric: true },
    { title: "Model", cell: ({ model }) => markup`<span class="name">${model}</span>` },
    { title: "Mean", cell: meanCell, numeric: true },
    ...shown.map(({ group, title }): Column<Summary> => ({
      title,
      cell: ({ model }) => number(byGroup.get(JSON.stringify([model, group]))?.mean ?? null),
      numeric: true,
    })),
    { title: "Tasks", cell: tasksCell, numeric: true },
  ]);
}

function tasksCell({ tasks, coverage }: Summary): Markup {
  return markup`${count(tasks)}<small>${number(100 * coverage)}%</small>`;
}

function paperTable(models: readonly PaperModel[]): Markup {
  return table(models, [
    { title: "Model", cell: ({ model }) => model },
    { title: "Mean", cell: ({ all }) => number(all), numeric: true },
    ...SHOWN_GROUPS.map(({ group, title }): Column<PaperModel> => ({
      title,
      cell: (row) => number(row[group] ?? null),
      numeric: true,
    })),
  ]);
}

function meanCell({ mean, ci_low, ci_high }: Summary): Markup {
  const interval = ci_low === null || ci_high === null
    ? markup`<small>no interval</small>`
    : markup`<small>${number(ci_low)} to ${number(ci_high)}</small>`;
  return markup`<b>${number(mean)}</b>${mean === null ? null : interval}`;
}

/** Whose verdicts the page shows and under which rule, and what it leaves out. */
export function shownFacts({ judge, about, rule, others, partly = null }: ShownFacts): Markup {
  const list = others.map(({ label, command }) =>
    markup`<li>${label}: <code>${command}</code></li>`
  );
  return markup`
    <p class="shown">Judge <b>${judge}</b>: ${about}. Scoring rule <b>${rule}</b>.</p>
    ${partly === null ? null : markup`<p><b>${partly}.</b></p>`}
    ${
    others.length === 0
      ? null
      : markup`<p>This run has other judges, which this page does not show:</p>
    <ul>${list}</ul>`
  }
  `;
}

/** What the page does not count. */
export function unscored({ reasons, unchecked, told }: UnscoredPart): Markup {
  const total = reasons.reduce((sum, { verdicts }) => sum + verdicts, 0);
  const parts = [
    ...(total > 0
      ? [`${count(total)} ${total === 1 ? "verdict is" : "verdicts are"} not counted on this page.`]
      : []),
    ...(unchecked > 0
      ? [
        `The files of ${count(unchecked)} ${unchecked === 1 ? "clip" : "clips"} are gone; the ` +
        "verdicts on them count unchecked.",
      ]
      : []),
  ];
  const list = reasons.map(({ reason, verdicts }) =>
    markup`<li>${count(verdicts)}: ${reason}</li>`
  );
  return markup`
    <div class="warning"><p><b>${parts.join(" ")}</b></p>
    <ul>${list}</ul>
    <details open><summary>Which, and what to do</summary><pre>${told}</pre></details></div>
  `;
}

/** The failure figures, then each of the most failed criteria with an example clip. */
export function failures(part: FailuresPart): Markup {
  return markup`${figures(part.figures)}${part.top.map(failureCard)}`;
}

function failureCard(card: FailureCard): Markup {
  const { example } = card;
  const about = `${example.model} on task ${example.task}, seed ${example.seed}`;
  const strip = card.strip === null ? null : markup`
    <img src="${addressOf(card.strip)}" alt="Frames of the clip by ${about}, first to last">
  `;
  const video = card.video === null ? null : markup`
    <video controls muted loop playsinline
      preload="metadata" src="${addressOf(card.video)}" aria-label="Clip by ${about}"></video>
  `;
  const media = card.problem !== undefined
    ? markup`<p class="muted">Not shown, the clip by ${about}: ${card.problem}</p>`
    : strip === null && video === null
    ? markup`<p class="muted">The clip is not in this run.</p>`
    : markup`<p class="muted">Shown: the clip by ${about}.</p>${strip}${video}`;
  const kind = [card.model, DIMENSION_NAME[card.dimension], SCALE_NAME[card.scale]].join(" · ");
  const tasks = card.tasks.length > 1 ? `, ${card.tasks.length} tasks` : "";
  const evidence = example.evidence || "the judge gave no evidence";
  return markup`
    <article class="card">
      <h3>${card.sign === -1 ? "Penalty: " : ""}${card.description}</h3>
      <p class="muted">${kind} · fails in ${card.failed} of ${card.judged} clips judged${tasks}</p>
      <p class="evidence">${example.model}, task ${example.task}, seed ${example.seed}: ${evidence}</p>
      ${media}
    </article>
  `;
}

/** How much was judged, and the reasons for missing verdicts. */
export function coverage(
  { judged, asked, unasked, reasons, told = null, unjudged = null }: CoveragePart,
): Markup {
  const share = asked === 0 ? null : 100 * judged / asked;
  const rows = [
    ...(unasked > 0 ? [{ model: "", reason: "never asked of this judge", verdicts: unasked }] : []),
    ...reasons,
  ];
  return markup`
    <p>${count(judged)} of ${count(asked)} criteria of the clips have a verdict (${
    number(share)
  }%). A criterion without one is never counted as failed: scores carry bounds for it.</p>
    ${told === null ? null : markup`<p>${told}</p>`}
    ${unjudged === null ? null : markup`<p>${unjudged}.</p>`}
    ${
    rows.length === 0 ? null : table(rows, [
      { title: "Model", cell: ({ model }) => model },
      { title: "Reason for a missing verdict", cell: ({ reason }) => reason },
      { title: "Criteria", cell: ({ verdicts }) => count(verdicts), numeric: true },
    ])
  }
  `;
}

/** Defects of the benchmark itself, by kind. */
export function findings(rows: readonly FindingCount[]): Markup {
  if (rows.length === 0) {
    return markup`
      <p>The audit found nothing.</p>
    `;
  }
  return table(rows, [
    { title: "Kind", cell: ({ kind }) => kind },
    { title: "Findings", cell: ({ findings }) => count(findings), numeric: true },
    { title: "First example", cell: ({ example }) => example },
  ]);
}

/** The run's tables, and how to open them. */
export function tables(rows: readonly TableFacts[]): Markup {
  const example = rows.find(({ name }) => name === "summary") ?? rows[0];
  return markup`<p>Arrow IPC files, which pyarrow, polars and DuckDB open as they are.</p>
${
    table(rows, [
      {
        title: "Table",
        cell: ({ name, path }) => markup`<a href="${addressOf(path)}">${name}</a>`,
      },
      { title: "Rows", cell: ({ rows }) => count(rows), numeric: true },
      { title: "File, seen from this page", cell: ({ path }) => path },
    ])
  }${example ? markup`<pre>${howToOpen(example)}</pre>` : null}`;
}

function howToOpen({ path }: TableFacts): string {
  return [
    "# In the folder of this page:",
    "import pyarrow as pa",
    `pa.ipc.open_file(pa.memory_map(${JSON.stringify(path)})).read_all()`,
  ].join("\n");
}
