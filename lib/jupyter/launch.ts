/** The process of a Deno kernel and its connection. */
import { messageOf } from "../errors.ts";

/** Options of {@link launchKernel}. */
export interface LaunchOptions {
  /** The folder for the code's relative imports and paths and the search for deno.json. */
  cwd: string;
  /**
   * The kernel's complete environment; by default this process's. Deno finds its caches through
   * `DENO_DIR` or `HOME`.
   */
  env?: Record<string, string>;
  /** Returns that many ports to listen on; {@link freePorts} by default. */
  drawPorts?: (count: number) => number[];
}

/** A kernel's process, not yet listening. */
export interface Launched {
  process: Deno.ChildProcess;
  /** The key that signs messages. */
  key: string;
  ports: { shell: number; iopub: number; control: number };
  /** The last 2,000 characters of its standard error; resolves when it exits. */
  stderr: Promise<string>;
  /** Removes the connection file. */
  cleanUp(): Promise<void>;
}

/**
 * Starts `deno jupyter --kernel` with the running deno and a connection file in a new temporary
 * folder that only this user can read.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { launchKernel } from "./launch.ts";
 *
 * const { process, ports, stderr, cleanUp } = await launchKernel({ cwd: Deno.cwd() });
 * assertOk(ports.shell !== ports.iopub);
 * process.kill("SIGKILL");
 * await stderr;
 * await process.status;
 * await cleanUp();
 * ```
 */
export async function launchKernel(options: LaunchOptions): Promise<Launched> {
  const { cwd, env, drawPorts = freePorts } = options;
  const folder = await Deno.makeTempDir({ prefix: "deno-kernel-" });
  const cleanUp = () => Deno.remove(folder, { recursive: true });
  try {
    // Not a reproducible draw: the key keeps other processes of this machine from sending code.
    const key = crypto.randomUUID();
    const [shell, iopub, control, stdin, heartbeat] = drawPorts(5);
    const file = `${folder}/connection.json`;
    await Deno.writeTextFile(
      file,
      JSON.stringify({
        transport: "tcp",
        ip: "127.0.0.1",
        signature_scheme: "hmac-sha256",
        key,
        shell_port: shell,
        iopub_port: iopub,
        control_port: control,
        stdin_port: stdin,
        hb_port: heartbeat,
      }),
    );
    const process = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd,
      clearEnv: env !== undefined,
      // Colour codes in outputs would differ between terminals.
      env: { ...env, NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = tailOf(process.stderr);
    return { process, key, ports: { shell, iopub, control }, stderr, cleanUp };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/**
 * Currently free ports of this machine. Another process may take one before it is used: see {@link
 * portsTaken}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { freePorts } from "./launch.ts";
 *
 * assertEquals(new Set(freePorts(5)).size, 5);
 * ```
 */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

/**
 * Whether a kernel exited because one of its ports had been taken.
 *
 * @param stderr Its standard error.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { portsTaken } from "./launch.ts";
 *
 * assertOk(portsTaken("error: AddrInUse: Address already in use (os error 98)"));
 * assertOk(!portsTaken("error: Uncaught ReferenceError"));
 * ```
 */
export function portsTaken(stderr: string): boolean {
  return /AddrInUse|Address already in use/.test(stderr);
}

/** Printed by every kernel. */
const UNSTABLE_NOTICE = '"deno jupyter" is unstable';

async function tailOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let tail = "";
  try {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      tail = (tail + text).slice(-2000);
    }
  } catch (error) {
    tail += messageOf(error);
  }
  return tail.split("\n").filter((line) => !line.includes(UNSTABLE_NOTICE)).join("\n").trim();
}
