/**
 * A minimal server for OpenAI's protocol, so that its clients are measured: it answers
 * `/v1/chat/completions` a fixed time after receiving the body, with a valid verdict for each
 * criterion in the requested format. `GET /stats` returns statistics since the last `DELETE
 * /stats`. Run by {@link startServer} in a separate process; prints its port.
 */
import process from "node:process";
import type { ServerStats } from "./serving.ts";

const latencyMs = Number(Deno.args[0]);

/** The statistics, with the times of the first request and the last answer. */
let stats = noStats();
let firstAt = 0;
let inFlight = 0;
let cpuBefore = process.cpuUsage();

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/stats") return statsResponse(request.method);
    if (pathname !== "/v1/chat/completions") return new Response(null, { status: 404 });
    if (stats.requests === 0) firstAt = performance.now();
    stats.requests++;
    stats.most_in_flight = Math.max(stats.most_in_flight, ++inFlight);
    try {
      const raw = await request.text();
      stats.bytes += raw.length;
      const completion = completionFor(JSON.parse(raw));
      if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
      return Response.json(completion);
    } finally {
      inFlight--;
      stats.span_s = (performance.now() - firstAt) / 1000;
    }
  },
);
console.log(JSON.stringify({ port: server.addr.port }));

function noStats(): ServerStats {
  return { requests: 0, images: 0, bytes: 0, most_in_flight: 0, span_s: 0, cpu_s: 0 };
}

function statsResponse(method: string): Response {
  const { user, system } = process.cpuUsage(cpuBefore);
  const answer = Response.json({ ...stats, cpu_s: (user + system) / 1e6 });
  if (method === "DELETE") {
    stats = noStats();
    cpuBefore = process.cpuUsage();
  }
  return answer;
}

interface Part {
  text?: string;
  image_url?: { url: string };
}

function completionFor(body: { model: string; messages: { content: string | Part[] }[] }) {
  const parts = body.messages.flatMap(({ content }): Part[] =>
    typeof content === "string" ? [{ text: content }] : content
  );
  const text = parts.map(({ text = "" }) => text).join("\n");
  stats.images += parts.filter((part) => part.image_url).length;
  const ids = criteriaOf(text);
  const verdicts = ids.map((id) => ({ id, reason: "It shows in the frames.", met: true }));
  const answer = text.includes('"scores"')
    ? { scores: ids.map(() => 1), reasoning: "It shows in the frames." }
    : { criteria: verdicts };
  const message = { role: "assistant", content: JSON.stringify(answer), refusal: null };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 0,
    model: body.model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
  };
}

/** The criteria's numbers: from a list in a sentence, otherwise from numbered lines. */
function criteriaOf(text: string): number[] {
  const listed = [...text.matchAll(/criteria (\d+(?:,? (?:and )?\d+)*)/g)].at(-1);
  const found = listed
    ? listed[1].match(/\d+/g)!
    : [...text.matchAll(/^(\d+)\. \[/gm)].map((match) => match[1]);
  return found.map(Number);
}
