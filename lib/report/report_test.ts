import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { parseHTML } from "linkedom";
import { random } from "../random.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { reportPage } from "./page.ts";
import type { ArgumentPart, ReportData } from "./types.ts";
import { writeReport } from "./write_report.ts";
import { browse, findBrowser } from "../testing/chromium.ts";
import { exampleTop } from "../testing/example_rows.ts";
import { exampleReport } from "../testing/report.ts";

const browser = findBrowser();
const clips = new URL("../../../shared/clips/", import.meta.url);

/** Elements of a page by selector, using an independent parser. */
function select(
  page: string,
  selector: string,
): { textContent: string; getAttribute(n: string): string }[] {
  const { document } = parseHTML(page) as unknown as {
    document: {
      querySelectorAll(
        s: string,
      ): Iterable<{ textContent: string; getAttribute(n: string): string }>;
    };
  };
  return [...document.querySelectorAll(selector)];
}

async function temporary(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("every section of a full report is present and linked from the top", () => {
  const page = reportPage(exampleReport(12));
  const links = select(page, "nav a").map((a) => a.getAttribute("href"));
  const headings = select(page, "h2").map((h2) => `#${h2.getAttribute("id")}`);
  assertEquals(links, headings);
  assertEquals(headings, [
    "#argument",
    "#leaderboard",
    "#failures",
    "#rules",
    "#dataset",
    "#comparison",
    "#findings",
    "#coverage",
    "#tables",
    "#run",
  ]);
  assertEquals(select(page, "figure:not(.player)").length, 9);
});

Deno.test("external text is escaped everywhere", () => {
  const attack = `<script>alert(1)</script><img src=x onerror=alert(1)> "'&`;
  const data = exampleReport(12);
  const poison = <T>(value: T): T => {
    if (typeof value === "string") return (value.startsWith("<svg ") ? value : attack) as T;
    if (Array.isArray(value)) return value.map(poison) as T;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map((
        [key, of],
      ) => [key, ["dimension", "scale", "group"].includes(key) ? of : poison(of)]),
    ) as T;
  };
  const page = reportPage(poison(data));
  assertEquals(select(page, "script").length, 0);
  assertEquals(select(page, "[onerror]").length, 0);
  assertEquals(select(page, "img:not([alt])").length, 0);
  assertEquals(select(page, "h1").map((h1) => h1.textContent), [attack]);
  assertOk(select(page, ".evidence").every((p) => p.textContent.includes(attack)));
});

Deno.test("paths become relative URLs with every name encoded", () => {
  const page = reportPage(exampleReport(3));
  const sources = (selector: string) => select(page, selector).map((e) => e.getAttribute("src"));
  assertEquals([...new Set(sources("img"))], [
    "sheets/task%205%20%231.jpg",
    "../strips/first%20model%20%231/3%2042.png",
  ]);
  assertEquals([...new Set(sources("video"))], ["../clips/first%20model%20%231/3%2042.mp4"]);
  assertOk(
    select(page, "figcaption a").some((a) =>
      a.getAttribute("href") === "../figures/leaderboard.png"
    ),
  );
});

Deno.test("an undefined part leaves no trace; a missing one states why", () => {
  const { run } = exampleReport(1);
  assertEquals(select(reportPage({ run }), "h2").length, 1);
  const page = reportPage({ run, failures: { missing: "verdicts were imported without clips" } });
  assertEquals(select(page, "h2").map((h2) => h2.textContent), ["Failures", "Run details"]);
  assertOk(page.includes("Not shown: verdicts were imported without clips"));
});

Deno.test("a failure without its clip says so and still shows its evidence", () => {
  const data = exampleReport(1);
  const cards = select(reportPage({ ...data, argument: undefined }), ".card");
  assertEquals(cards.map((card) => card.textContent.includes("clip is not in this run")), [
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
  assertOk(cards.every((card) => card.textContent.includes("R² = 0.31")));
});

Deno.test("the argument shows its claims, and a player for each model under every prompt", () => {
  const data = exampleReport(1);
  const page = reportPage(data);
  const standings = select(page, ".standing").map((span) => span.textContent);
  assertEquals(standings, ["supported", "undecided"]);
  const cards = select(page, ".card:has(.players)").map((card) => card.textContent);
  assertEquals(cards.length, 2);
  assertOk(cards[1].includes("It opens.") && cards[1].includes("tuned on <micro-worlds>"));
  const captions = select(page, ".player figcaption b").map((label) => label.textContent);
  assertEquals(captions, ["S-base", "L-base", "Nano", "Simulator", "S-base"]);
  assertEquals(select(page, ".player video[preload=metadata][controls]").length, 5);
  assertEquals(select(page, "details img").length, 2);
  const all = 'a[href="sheets/worlds%20%231.jpg"]';
  assertEquals(select(page, all).length, 1);

  const { figures, claims } = data.argument as ArgumentPart;
  const bare = reportPage({ ...data, argument: { figures, claims, clips: [], sheet: null } });
  assertEquals(select(bare, ".standing").length, 2);
  assertEquals([...select(bare, ".player"), ...select(bare, all)], []);
});

Deno.test("the leaderboard: ranked models, those with too few tasks apart, and the paper's", () => {
  const page = reportPage(exampleReport(12));
  const [ranked, apart, paper] = ["", " ~ h3 ~ .scroll", " ~ h3 ~ h3 ~ .scroll"].map((after) =>
    select(page, `#leaderboard${after || " ~ .scroll"} tbody tr`).map((row) => row.textContent)
  ).map((rows, i, all) => rows.slice(0, rows.length - (all[i + 1]?.length ?? 0)));
  assertEquals([ranked.length, apart.length, paper.length], [10, 2, 1]);
  assertOk(ranked[0].startsWith("1simulator"));
  assertOk(apart[0].startsWith("–Wan2.1-T2V-14B") && apart[0].includes("no interval"));
  assertOk(apart[1].startsWith("–CogVideoX-5B–"));
  assertOk(paper[0].startsWith("Sora50.7"));
  const text = select(page, "section").map((section) => section.textContent).join();
  assertOk(text.includes("means over the 459 tasks that all 10 ranked models have"));
  assertOk(text.includes("not counted as 0"));
});

Deno.test("the page says whose verdicts it shows, under which rule, and what it leaves out", () => {
  const data = exampleReport(3);
  const page = reportPage({
    ...data,
    shown: {
      judge: "gpt (gpt-4o-2024-11-20)",
      about: "a model, gpt-4o-2024-11-20; frames 8",
      rule: "paper",
      others: [{ label: "probe", command: "deno task report --run m --judge probe" }],
    },
    unscored: {
      reasons: [{ reason: "its file is gone", verdicts: 15 }],
      unchecked: 0,
      told: "Put <it> back",
    },
  });
  const header = select(page, "header")[0].textContent;
  for (
    const words of [
      "gpt (gpt-4o-2024-11-20)",
      "frames 8",
      "paper",
      "--judge probe",
      "15: its file",
    ]
  ) {
    assertOk(header.includes(words), words);
  }
  assertOk(header.includes("Put <it> back"));
  for (const id of ["argument", "leaderboard", "failures", "rules"]) {
    const [note] = select(page, `#${id} ~ p.muted`).map((p) => p.textContent);
    assertOk(note.includes("gpt (gpt-4o-2024-11-20)"), id);
  }
});

Deno.test("the page says which clips nothing has judged", () => {
  const { run } = exampleReport(1);
  const coverage = {
    ...{ judged: 3, asked: 7, unasked: 4, reasons: [] },
    unjudged: "2 clips <b> have no verdict",
  };
  const text = select(reportPage({ run, coverage }), "main")[0].textContent;
  assertOk(/never asked of this judge\s*4/.test(text), text);
  assertOk(text.includes("2 clips <b> have no verdict."), text);
});

Deno.test("a card of several models says whose clip it shows", () => {
  const data = exampleReport(1);
  const [card] = exampleTop(1);
  const shared = { ...card, model: "2 models", strip: "strips/a.jpg", video: null };
  const failures = { figures: [], top: [shared] };
  const page = reportPage({ ...data, argument: undefined, failures });
  assertOk(
    select(page, ".card")[0].textContent.includes("the clip by violator on task 3, seed 42"),
  );
  assertOk(select(page, ".card img")[0].getAttribute("alt").includes("violator"));
});

Deno.test("a figure that could run code is refused", async () => {
  const { run } = exampleReport(1);
  const svgs = [
    "<p>not SVG</p>",
    '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><a href="javascript:alert(1)"/></svg>',
    "<svg xmlns='http://www.w3.org/2000/svg'><image href=https://example.org/x.png /></svg>",
  ];
  for (const svg of svgs) {
    await assertInputError(() => reportPage({ run, rules: [{ name: "bad", svg }] }), "figure bad");
  }
});

Deno.test("equal data gives equal bytes, and a page is written completely or not at all", async () => {
  await temporary(async (dir) => {
    const path = await writeReport(join(dir, "a", "report"), exampleReport(3));
    assertEquals(await Deno.readTextFile(path), reportPage(exampleReport(3)));
    const before = await Deno.readTextFile(path);
    const bad: ReportData = { ...exampleReport(1), rules: [{ name: "bad", svg: "" }] };
    await assertInputError(() => writeReport(join(dir, "a", "report"), bad), "figure bad");
    assertEquals(await Deno.readTextFile(path), before);
    const names = [...Deno.readDirSync(join(dir, "a", "report"))].map(({ name }) => name);
    assertEquals(names, ["index.html"]);
  });
});

/** Eight synthetic frames side by side. */
async function writeStrip(path: string): Promise<void> {
  const uniform = random(8, "strip");
  const [width, height] = [8 * 96, 64];
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => 60 + 120 * uniform());
  await sharp(pixels, { raw: { width, height, channels: 3 } }).toFile(path);
}

/** A report with all its files, opened from disk by `use`. */
async function opened(models: number, use: (page: URL) => Promise<void>): Promise<void> {
  await temporary(async (dir) => {
    for (const kind of ["strips", "clips"]) {
      await Deno.mkdir(join(dir, kind, "first model #1"), { recursive: true });
    }
    await writeStrip(join(dir, "strips", "first model #1", "3 42.png"));
    await Deno.mkdir(join(dir, "report", "sheets"), { recursive: true });
    await writeStrip(join(dir, "report", "sheets", "task 5 #1.jpg"));
    const video = sharedClip();
    if (video) await Deno.copyFile(video, join(dir, "clips", "first model #1", "3 42.mp4"));
    await use(pathToFileURL(await writeReport(join(dir, "report"), exampleReport(models))));
  });
}

/** Waits for resources that load after the page: pictures are decoded asynchronously. */
const screenshot = (to: URL) => [
  `--screenshot=${to.pathname}`,
  "--window-size=900,9000",
  "--run-all-compositor-stages-before-draw",
  "--virtual-time-budget=2000",
];

function sharedClip(): URL | null {
  try {
    const path = new URL("mesentery_platelets/mesentery.mp4", clips);
    return Deno.statSync(path).isFile ? path : null;
  } catch {
    return null;
  }
}

if (browser === null) {
  console.warn("SKIPPED: no Chromium on this machine, so the report is not opened in a browser");
}

Deno.test({
  name: "a browser opens the report from disk: every image loads, nothing overflows",
  ignore: browser === null,
  async fn() {
    await opened(12, async (page) => {
      const source = await Deno.readTextFile(page);
      // The report contains and allows no scripts: the measured copy gets one.
      const probe = source
        .replace(/<meta http-equiv[^>]*>/, "")
        .replace(
          "</body>",
          `<script>addEventListener("load", () => {
  const broken = [...document.images].filter((image) => image.naturalWidth === 0).length;
  const root = document.documentElement;
  document.body.dataset.measured = [document.images.length, broken,
    root.scrollWidth - root.clientWidth, document.querySelectorAll("figure svg").length].join(" ");
});</script></body>`,
        );
      assertOk(probe.length > source.length);
      const copy = new URL("probe.html", page);
      await Deno.writeTextFile(copy, probe);
      for (const width of [1000, 500]) {
        const flags = ["--dump-dom", `--window-size=${width},900`];
        const dom = await browse(browser!, copy, flags);
        assertEquals(dom.match(/data-measured="([^"]*)"/)?.[1], "5 0 0 9", `at ${width} px`);
      }
    });
  },
});

Deno.test({
  name: "the report as written, policy and all, is drawn with its film strips",
  ignore: browser === null,
  async fn() {
    await opened(1, async (page) => {
      const shot = new URL("shot.png", page);
      await browse(browser!, page, screenshot(shot));
      const { dominant } = await sharp(await Deno.readFile(shot)).stats();
      assertOk(dominant.r > 200, "a white page");
      // Without the strips the picture differs, so they were drawn, not only referenced.
      const before = await sharp(await Deno.readFile(shot)).raw().toBuffer();
      await Deno.remove(new URL("../strips/first%20model%20%231/3%2042.png", page));
      await browse(browser!, page, screenshot(shot));
      const after = await sharp(await Deno.readFile(shot)).raw().toBuffer();
      assertOk(!before.equals(after));
    });
  },
});
