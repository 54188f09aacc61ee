/** Starting the benchmark server and reading its statistics. */
import { join } from "node:path";
import { PROJECT } from "../../lib/paths.ts";

/** Statistics of a server since its last reset. */
export interface ServerStats {
  requests: number;
  /** Number of pictures in all requests. */
  images: number;
  /** Bytes of all bodies. */
  bytes: number;
  most_in_flight: number;
  /** Seconds from the first request to the last answer. */
  span_s: number;
  /** Processor seconds used by the server itself. */
  cpu_s: number;
}

/** A running server. */
export interface BenchServer extends AsyncDisposable {
  /** URL without `/v1`. */
  readonly origin: string;
  /** Statistics since the last call. */
  take(): Promise<ServerStats>;
}

/** Starts `server.ts` in a separate process. */
export async function startServer(latencyMs: number): Promise<BenchServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(PROJECT.root, "tasks", "bench", "server.ts"), String(latencyMs)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  if (value === undefined) throw new Error("the bench's server did not start");
  const origin = `http://127.0.0.1:${JSON.parse(value).port}`;
  return {
    origin,
    async take() {
      return await (await fetch(`${origin}/stats`, { method: "DELETE" })).json();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}
