/**
 * The page's stylesheet: no external fonts or files; light or dark according to the reader's
 * system.
 */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --muted: #595959; --ground: #ffffff;
  --card: #f6f6f4; --line: #d9d9d6; --link: #005a8c; --pass: #00664a; --drift: #a34700; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --muted: #b0b0b0; --ground: #161616; --card: #212121; --line: #3d3d3d;
    --link: #7cc4f0; --pass: #4fd1a5; --drift: #ffa45c; }
}
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, nav { max-width: 880px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 21px; margin: 48px 0 8px; scroll-margin-top: 12px; }
h3 { font-size: 16px; line-height: 1.35; margin: 0 0 6px; }
p { margin: 6px 0 12px; max-width: 70ch; }
.muted { color: var(--muted); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 14px 0 0;
  padding: 10px 0; border-block: 1px solid var(--line); }
a { color: var(--link); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 18px; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: 10px 0 16px; }
table { border-collapse: collapse; font-size: 14px; min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 6px 7px;
  border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; }
th { font-weight: 600; white-space: nowrap; }
td { min-width: 5ch; }
td .name { display: block; min-width: 11ch; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td small { display: block; color: var(--muted); font-size: 12px; }
.verdict, .standing { font-weight: 600; }
.standing { white-space: nowrap; }
.PASS { color: var(--pass); }
.DRIFT { color: var(--drift); }
figure { margin: 12px 0 20px; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.drawing { background: #ffffff; overflow-x: auto; }
.drawing svg { display: block; margin: 0 auto; max-width: 100%; min-width: 560px; height: auto; }
figcaption { font-size: 13px; padding: 5px 12px; background: var(--card); color: var(--muted); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: 14px 16px; margin: 12px 0; }
.card p { margin: 4px 0; }
.card img { display: block; width: 100%; height: auto; margin: 10px 0; background: #000; }
.card video { display: block; width: 320px; max-width: 100%; background: #000; margin-top: 10px; }
.players { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px;
  margin: 10px 0; }
.card .player { margin: 0; border: 0; border-radius: 4px; max-width: 240px; }
.card .player video { width: 100%; height: auto; aspect-ratio: 1; margin: 0; object-fit: contain; }
.card .player figcaption { padding: 4px 0 0; line-height: 1.35; }
.player figcaption b { display: block; color: var(--ink); }
details > summary { cursor: pointer; font-size: 14px; color: var(--link); }
.card details img { background: none; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 10px 14px;
  overflow-x: auto; font-size: 13px; }
.warning { border-left: 4px solid var(--drift); padding: 2px 14px; margin: 12px 0; }
.warning p { margin: 4px 0; }
.shown { margin: 10px 0 6px; }
footer { margin: 48px 0 32px; }
@media (max-width: 520px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; } }
@media print { nav, video { display: none; } figure, .card { break-inside: avoid; } }
`;
