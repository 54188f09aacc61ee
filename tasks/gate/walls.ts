/** Checks source files against the architecture rules. */
import { basename } from "node:path";
import { importChains, loadOf } from "./reach.ts";
import type { Known, Rules, Wall } from "./rules.ts";
import type { Source } from "./sources.ts";

type Breach = Known;
type Sources = ReadonlyMap<string, Source>;
type Check = (sources: Sources, rules: Rules) => Breach[];

/**
 * The breaches of the rules, one line each: which file may not import which, and why. Known
 * breaches are omitted; one that no longer exists is reported, so that the list only shrinks.
 *
 * @param files All files to check.
 */
export function checkWalls(files: readonly Source[], rules: Rules): string[] {
  const sources = new Map(files.map((source) => [source.file, source]));
  const breaches = Object.values(CHECKS).flatMap((check) => check(sources, rules));
  const found = new Map(breaches.map((one) => [nameOf(one), one]));
  const known = new Set(rules.known.map(nameOf));
  return [
    ...Array.from(found.values()).filter((breach) => !known.has(nameOf(breach)))
      .map(({ wall, from, to, why }) => `${from} may not ${VERBS[wall] ?? "import"} ${to}: ${why}`),
    ...rules.known.filter((breach) => !found.has(nameOf(breach)))
      .map((one) =>
        `${nameOf(one)} no longer exists: remove it from the known breaches in tasks/gate/rules.ts`
      ),
  ];
}

/** Whether a file is a task. */
export function isTask({ file }: Pick<Source, "file">): boolean {
  return /^tasks\/[^/]+\.ts$/.test(file) && !isTest(file);
}

function nameOf({ wall, from, to }: Breach): string {
  return `${wall}: ${from} → ${to}`;
}

const VERBS: Partial<Record<Wall, string>> = { environment: "read", heavy: "load" };

const CHECKS: Record<Wall, Check> = {
  floors: (sources, { floors }) =>
    importsOf(sources).flatMap(({ from, to }) => {
      // The rule `tests` covers these.
      if (isWithin(to, TESTING)) return [];
      const [here, there] = [floorOf(from, floors), floorOf(to, floors)];
      const lost = here === null ? from : there === null ? to : null;
      if (lost !== null) return breach("floors", from, to, `no floor has a room for ${lost}`);
      if (here!.room === there!.room || there!.height < here!.height) return [];
      const [mine, theirs] = [floors[here!.height], floors[there!.height]];
      if (mine !== theirs) {
        const why = `imports go down, but ${theirs.name} is above ${mine.name}`;
        return breach("floors", from, to, why);
      }
      if (mine.open) return [];
      return breach("floors", from, to, `${here!.room} and ${there!.room} are peers`);
    }),

  peers: (sources, { peers }) =>
    importsOf(sources).flatMap(({ from, to }) =>
      peers.flatMap(({ folder, why }) => {
        const [mine, theirs] = [subfolderOf(from, folder), subfolderOf(to, folder)];
        return mine && theirs && mine !== theirs ? breach("peers", from, to, why) : [];
      })
    ),

  sparse: (sources, { sparse }) =>
    sparse.flatMap(({ room, allowed, why }) =>
      builtFrom(sources).filter(({ file }) => isWithin(file, room)).flatMap((source) =>
        source.references.flatMap(({ file, package: used }) => {
          const to = file ?? used?.name;
          if (to === undefined || [room, ...allowed].some((one) => isWithin(to, one))) return [];
          return breach("sparse", source.file, to, why);
        })
      )
    ),

  measures: (sources) =>
    builtFrom(sources).filter(({ file }) => /^lib\/worlds\/.*\/measures\.ts$/.test(file))
      .flatMap(({ file }) => {
        const within = importChains(file, sources, (one) => isWithin(one.file!, "lib/worlds"));
        const worlds = [...within].filter(([reached]) => basename(reached) === "world.ts");
        return worlds.flatMap(([to, chain]) =>
          breach(
            "measures",
            file,
            to,
            `a measure must not depend on drawing code (${formatChain(chain)})`,
          )
        );
      }),

  tests: (sources) =>
    importsOf(sources).flatMap(({ from, to }) =>
      // Benches are run by hand, as proofs that are too long for the suite.
      isTest(to) || isWithin(to, TESTING) && !isWithin(from, "tasks/bench")
        ? breach("tests", from, to, "test code may only be imported by tests")
        : []
    ),

  // A Worker has its own modules, so a URL does not close a cycle.
  cycles: (sources) => {
    const follow = ({ kind }: { kind: string }) => kind === "static" || kind === "dynamic";
    const inCycle = new Set<string>();
    return [...sources.keys()].sort().flatMap((file) => {
      if (inCycle.has(file)) return [];
      const back = [...importChains(file, sources, follow)].find(([reached]) =>
        sources.get(reached)?.references.some((one) => follow(one) && one.file === file)
      );
      if (!back) return [];
      const chain = [...back[1], file];
      for (const one of chain) inCycle.add(one);
      return breach("cycles", file, chain[1], `import cycle: ${formatChain(chain)}`);
    });
  },

  computed: (sources) =>
    builtFrom(sources).flatMap(({ file, references }) =>
      // A registry opens the entries that it lists, and callers that open an entry hash its module.
      !file.endsWith("/registry.ts") && references.some(({ kind }) => kind === "computed")
        ? breach("computed", file, COMPUTED, "code versions cannot follow a computed import")
        : []
    ),

  environment: (sources) =>
    [...sources.values()].filter(({ file }) => isWithin(file, "lib") && !isTest(file))
      .flatMap(({ file, reads }) =>
        reads.flatMap((to) =>
          breach(
            "environment",
            file,
            to,
            "only tasks read flags and the environment, and pass them on",
          )
        )
      ),

  heavy: (sources, { heavy }) =>
    [...sources.values()].filter(isTask).flatMap(({ file }) =>
      [...loadOf(file, sources, heavy).heavy].flatMap(([to, chain]) =>
        breach("heavy", file, to, `it would slow down every --help (${formatChain(chain)})`)
      )
    ),
};

const TESTING = "lib/testing";
const COMPUTED = "a computed specifier";

function breach(wall: Wall, from: string, to: string, why: string): Breach[] {
  return [{ wall, from, to, why }];
}

function formatChain(chain: readonly string[]): string {
  return chain.join(" → ");
}

/** Files that are neither tests nor test helpers, which may import anything. */
function builtFrom(sources: Sources): Source[] {
  return [...sources.values()].filter(({ file }) => !isTest(file) && !isWithin(file, TESTING));
}

/** Every import between our files, including type imports. */
function importsOf(sources: Sources): { from: string; to: string }[] {
  return builtFrom(sources).flatMap(({ file: from, references }) =>
    references.flatMap(({ file: to }) =>
      to !== null && (isWithin(to, "lib") || isWithin(to, "tasks")) ? { from, to } : []
    )
  );
}

function isTest(file: string): boolean {
  return file.endsWith("_test.ts");
}

function isWithin(file: string, room: string): boolean {
  return file === room || file.startsWith(`${room}/`);
}

/** The room of a file and the index of its floor; null if no floor has one. */
function floorOf(file: string, floors: Rules["floors"]): { room: string; height: number } | null {
  const places = floors.flatMap(({ rooms }, height) => rooms.map((room) => ({ room, height })));
  const fitting = places.filter(({ room }) => isWithin(file, room));
  return fitting.toSorted((a, b) => b.room.length - a.room.length)[0] ?? null;
}

function subfolderOf(file: string, folder: string): string | undefined {
  return isWithin(file, folder)
    ? file.slice(folder.length + 1).match(/^([^/]+)\//)?.[1]
    : undefined;
}
