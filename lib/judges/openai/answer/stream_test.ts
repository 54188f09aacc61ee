import { assertEquals } from "../../../testing/assert.ts";
import { readBody } from "./reply.ts";

const usage = { prompt_tokens: 9, completion_tokens: 9 };
const event = (delta: unknown, finish_reason: string | null = null, more = {}) =>
  `data: ${
    JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }], ...more })
  }\n\n`;
const whole = { model: "m", choices: [{ message: { content: "Yes." }, finish_reason: "stop" }] };

/** What is read of a body: the content, or what stands in its place. */
function read(body: string): unknown {
  const found = readBody(body, "m");
  if ("reply" in found) return [found.reply.content, found.reply.finish_reason];
  return "failure" in found ? found.failure.message : found.problem.split(": ")[0];
}

Deno.test("a stream that nobody asked for is joined; one that breaks off, or holds an error, is no answer", () => {
  const stream = event({ role: "assistant", content: "" }) + ": alive\n\n" +
    event({ reasoning_content: "Hm. " }) + event({ content: "Ye" }) + event({ content: "s." });
  const end = event({}, "stop", { usage });
  assertEquals(read(`${stream}${end}data: [DONE]\n\n`), ["Yes.", "stop"]);
  const found = readBody(stream + end, "x");
  assertEquals("reply" in found && [found.reply.thought, found.reply.completion_tokens], [true, 9]);
  assertEquals(read(stream.replaceAll("\n", "\r\n") + end), ["Yes.", "stop"]);
  assertEquals(read(stream), "the server answered with something other than JSON");
  assertEquals(read(stream + 'data: {"choices": [{"ind'), read(stream));
  assertEquals(
    read(`${stream}data: {"error": {"message": "Overloaded"}}\n\n`),
    "Overloaded (sent as a success)",
  );
  assertEquals(read(`: waiting\n\n${JSON.stringify(whole)}`), ["Yes.", "stop"]);
});
