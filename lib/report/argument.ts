/** The section on the paper's argument: claims, and clips that illustrate them. */
import { count, number } from "../figures/look.ts";
import { figures, table } from "./elements.ts";
import { addressOf, type Markup, markup } from "./html.ts";
import type { ArgumentPart, TaskPlayers } from "./types.ts";

/** Claims with their intervals and outcomes, followed by players for one task after another. */
export function argument({ figures: drawn, claims, clips, sheet }: ArgumentPart): Markup {
  const rows = table(claims, [
    { title: "", cell: ({ claim }) => `(${claim})` },
    { title: "Claim", cell: ({ says }) => says },
    {
      title: "Difference, points",
      cell: ({ difference, ci_low, ci_high }) =>
        markup`<b>${number(difference)}</b><small>${
          ci_low === null || ci_high === null
            ? "too few tasks for an interval"
            : `${number(ci_low)} to ${number(ci_high)}`
        }</small>`,
      numeric: true,
    },
    { title: "Tasks", cell: ({ tasks }) => count(tasks), numeric: true },
    {
      title: "Verdict",
      cell: ({ standing }) => markup`<span class="standing">${standing}</span>`,
    },
  ]);
  if (clips.length === 0) return markup`${figures(drawn)}${rows}`;
  const all = sheet === null ? null : markup`
    <p><a href="${addressOf(sheet)}">All clips on one sheet</a></p>
  `;
  return markup`${figures(drawn)}${rows}
    <p>The clips behind the numbers: the first task of every world, and of each model the clip
    with the lowest seed. None was selected by appearance.</p>${all}${clips.map(taskCard)}`;
}

/** One prompt with a player for each model, and an expandable sheet of their frames. */
function taskCard({ heading, prompt, players, sheet }: TaskPlayers): Markup {
  const each = players.map(({ label, note, video }) =>
    markup`
      <figure class="player">
        <video controls muted loop playsinline preload="metadata" src="${
      addressOf(video)
    }" aria-label="${`Clip by ${label}: ${heading}`}"></video>
        <figcaption><b>${label}</b> ${note}</figcaption>
      </figure>
    `
  );
  return markup`
    <article class="card">
      <h3>${heading}</h3>
      <p class="prompt">${prompt}</p>
      <div class="players">${each}</div>
      <details>
        <summary>Frames side by side</summary>
        <img src="${addressOf(sheet)}" alt="Frames of the clips by ${
    players.map(({ label }) => label).join(", ")
  }, first to last">
      </details>
    </article>
  `;
}
