/** A headless Chromium controlled over its DevTools protocol, without further packages. */

/** A browser tab opened by a test. */
export interface Page {
  /** Opens a URL and waits until the document has loaded. */
  open(url: string): Promise<void>;
  /**
   * The awaited value of an expression in the page, which must be JSON. Throws the page's errors.
   */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression is true; after a timeout, throws with the value of `diagnosis`. */
  until(expression: string, diagnosis: string, seconds?: number): Promise<void>;
  /** A screenshot of the tab as a PNG. */
  screenshot(): Promise<Uint8Array>;
}

/** Options for opening a tab. */
export interface PageOptions {
  /** Window width in CSS pixels; 1200 by default. */
  width?: number;
  /** Window height in CSS pixels; 900 by default. */
  height?: number;
  /** Seconds after which the browser is ended; 120 by default. */
  seconds?: number;
}

/** Works as root and without a GPU, and sends nothing to any server. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** A Chromium on this machine, or null. */
export function findBrowser(): string | null {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":").filter(Boolean), ...FOLDERS];
  const paths = [...folders.flatMap((dir) => BROWSERS.map((name) => `${dir}/${name}`)), MAC];
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? null;
}

/** Runs a headless Chromium on `page`, with a separate profile, and returns its output. */
export async function browse(browser: string, page: URL, flags: string[]): Promise<string> {
  const profile = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await new Deno.Command(browser, {
      args: [
        ...FLAGS,
        "--hide-scrollbars",
        `--user-data-dir=${profile}`,
        "--virtual-time-budget=5000",
        ...flags,
        page.href,
      ],
      signal: AbortSignal.timeout(60_000),
    }).output();
    if (code !== 0) {
      throw new Error(`${browser} exited with ${code}: ${new TextDecoder().decode(stderr)}`);
    }
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}

/**
 * Gives `use` a new tab of a new browser with an empty profile; when `use` has finished or failed,
 * ends the browser and removes the profile.
 *
 * @param browser The program, as found by {@link findBrowser}.
 */
export async function withPage<T>(
  browser: string,
  use: (page: Page) => Promise<T>,
  { width = 1200, height = 900, seconds = 120 }: PageOptions = {},
): Promise<T> {
  const profile = await Deno.makeTempDir({ prefix: "chromium-" });
  const process = new Deno.Command(browser, {
    args: [
      ...FLAGS,
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      `--window-size=${width},${height}`,
    ],
    // A browser that hangs is ended, which makes pending calls throw.
    signal: AbortSignal.timeout(seconds * 1000),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = process.stderr.pipeThrough(new TextDecoderStream());
  try {
    const { address, rest } = await debuggerAddress(errors);
    const drained = rest.pipeTo(new WritableStream()).catch(() => {});
    const connection = await connect(address);
    try {
      return await use(await newPage(connection));
    } finally {
      await connection.send("Browser.close").catch(() => {});
      connection.close();
      await process.status;
      await drained;
    }
  } finally {
    try {
      process.kill("SIGKILL");
    } catch { /* It has ended. */ }
    await process.status;
    await removed(profile);
  }
}

/**
 * Removes a profile, to which the browser's child processes may write for a moment after its end.
 */
async function removed(profile: string): Promise<void> {
  for (let left = 20;; left--) {
    try {
      return await Deno.remove(profile, { recursive: true });
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/**
 * The address that the browser listens on, which it prints on standard error, and its further
 * output.
 */
async function debuggerAddress(errors: ReadableStream<string>) {
  const reader = errors.getReader();
  let output = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The browser exited before listening: ${output}`);
    output += value;
    const address = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
    if (address === undefined) continue;
    reader.releaseLock();
    return { address, rest: errors };
  }
}

interface Connection {
  send(method: string, params?: object, sessionId?: string): Promise<Record<string, unknown>>;
  /** The next event with this name in a session. */
  once(event: string, sessionId: string): Promise<void>;
  close(): void;
}

async function connect(address: string): Promise<Connection> {
  const socket = new WebSocket(address);
  const pending = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const awaited = new Map<string, PromiseWithResolvers<void>>();
  let count = 0;
  const opened = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve();
  socket.onmessage = ({ data }) => {
    const { id, result, error, method, sessionId } = JSON.parse(data);
    const waiting = pending.get(id);
    pending.delete(id);
    if (error) waiting?.reject(new Error(`The browser refused: ${error.message}`));
    else waiting?.resolve(result);
    awaited.get(`${sessionId} ${method}`)?.resolve();
  };
  socket.onerror = socket.onclose = () => {
    const exited = new Error("The browser is gone");
    opened.reject(exited);
    for (const { reject } of [...pending.values(), ...awaited.values()]) reject(exited);
    pending.clear();
    awaited.clear();
  };
  await opened.promise;
  return {
    send(method, params = {}, sessionId) {
      const answer = Promise.withResolvers<Record<string, unknown>>();
      pending.set(++count, answer);
      socket.send(JSON.stringify({ id: count, method, params, sessionId }));
      return answer.promise;
    },
    async once(event, sessionId) {
      const key = `${sessionId} ${event}`;
      const come = Promise.withResolvers<void>();
      awaited.set(key, come);
      await come.promise.finally(() => awaited.delete(key));
    },
    close: () => socket.close(),
  };
}

async function newPage({ send, once }: Connection): Promise<Page> {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const attached = await send("Target.attachToTarget", { targetId, flatten: true });
  const session = attached.sessionId as string;
  await send("Page.enable", {}, session);
  const page: Page = {
    async open(url) {
      const loaded = once("Page.loadEventFired", session);
      // Awaited below; if nobody awaits it, the page failed to open anyway.
      loaded.catch(() => {});
      const { errorText } = await send("Page.navigate", { url }, session);
      if (errorText) throw new Error(`Cannot open ${url}: ${errorText}`);
      await loaded;
    },
    async evaluate<T>(expression: string) {
      const asked = { expression, awaitPromise: true, returnByValue: true };
      const answer = await send("Runtime.evaluate", asked, session) as {
        result: { value: T };
        exceptionDetails?: { text: string; exception?: { description?: string } };
      };
      const thrown = answer.exceptionDetails;
      if (thrown) throw new Error(thrown.exception?.description ?? thrown.text);
      return answer.result.value;
    },
    async until(expression, diagnosis, seconds = 60) {
      const end = Date.now() + seconds * 1000;
      while (!await page.evaluate<boolean>(expression)) {
        if (Date.now() > end) {
          throw new Error(`Timed out after ${seconds} s: ${await page.evaluate(diagnosis)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async screenshot() {
      const { data } = await send("Page.captureScreenshot", { format: "png" }, session);
      return Uint8Array.fromBase64(data as string);
    },
  };
  return page;
}
