/** The commands that made the clips of a run's models or took them in, whole, as `run.json` has them. */
import type { InvocationRecord } from "./manifest.ts";
import { pairsOf } from "./judge_command.ts";

/** What of a session the commands are found with. */
export interface GenerateContext {
  /** The run's commands before this one, the earliest first. */
  earlier: readonly Pick<InvocationRecord, "command" | "flags_passed" | "sources">[];
  command(task: string, flags?: readonly string[]): string;
}

/** More models than these are not spelled out. */
const MOST = 3;
/** Flags that say where, or only which part. */
const LEFT_OUT = ["run", "benchmark", "model", "tasks", "seeds", "shard"];

/**
 * The commands that make clips of some models again, or take them in again, each with the model's source;
 * `MODEL` stands for a source that the run does not know.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { commandText } from "../shell.ts";
 * import { generateCommands } from "./generate_command.ts";
 *
 * const command = (task: string, flags: readonly string[] = []) => commandText(task, flags);
 * const sources = { mine: ["folder:/my clips"], nano: ["nano", "--weights /w"] };
 * const flags_passed = ["--run", "r", "--model", "mine=folder:clips", "--seeds", "1", "--fps", "8"];
 * const earlier = [{ command: "generate", flags_passed, sources: { mine: sources.mine } }];
 * assertEquals(
 *   generateCommands(["mine", "mine"], { earlier, command }),
 *   "deno task generate --model 'mine=folder:/my clips' --fps 8",
 * );
 * assertEquals(
 *   generateCommands(["nano"], {
 *     earlier: [{ command: "reproduce", flags_passed: [], sources }],
 *     command,
 *   }),
 *   "deno task generate --model nano --weights /w",
 * );
 * assertEquals(generateCommands(["other"], { earlier, command }), "deno task generate --model MODEL");
 * ```
 */
export function generateCommands(
  models: readonly string[],
  { earlier, command }: GenerateContext,
): string {
  const commands = [...new Set(models)].map((model) => {
    const record = earlier.findLast(({ sources }) => sources && Object.hasOwn(sources, model));
    if (!record) return null;
    const [kind, ...files] = record.sources![model];
    const own = files.map((file) => file.split(/ (.*)/s).slice(0, 2));
    const isFile = (name: string) => own.some(([flag]) => flag === `--${name}`);
    const typed = record.command === "generate" ? pairsOf(record.flags_passed) : [];
    return command("generate", [
      ...["--model", kind === model ? kind : `${model}=${kind}`],
      ...own.flat(),
      ...typed.filter(([name]) => !LEFT_OUT.includes(name) && !isFile(name))
        .flatMap(([name, value]) => value === null ? [`--${name}`] : [`--${name}`, value]),
    ]);
  });
  const known = [...new Set(commands.filter((text) => text !== null))];
  const shown = known.slice(0, MOST);
  if (known.length > MOST || known.length === 0 || commands.includes(null)) {
    shown.push(command("generate", ["--model", "MODEL"]));
  }
  return shown.join(" and ");
}
