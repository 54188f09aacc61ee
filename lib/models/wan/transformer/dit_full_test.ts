/** The transformer with 1.3 billion parameters at full size, as far as test time allows. */
import { join } from "node:path";
import { readHeader } from "../../../onnx/safetensors.ts";
import { headerBytes } from "../../../onnx/safetensors_header.ts";
import { openGraph } from "../../../onnx/session.ts";
import { memory } from "../../../process_memory.ts";
import { assertOk } from "../../../testing/assert.ts";
import { ditGraph } from "./dit.ts";
import { PUBLISHED, shapesOf } from "../checkpoint/published.ts";
import { checkpointOf } from "../checkpoint/weights.ts";

/**
 * Writes 5.7 GB of weights as a sparse file of a few MB. The beginning of each tensor is unique, since
 * the runtime would merge equal tensors.
 */
async function writeWeights(file: string): Promise<void> {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, shape] of shapesOf(PUBLISHED["1.3B"])) {
    const length = 4 * shape.reduce((a, b) => a * b);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + length] };
    end += length;
  }
  const text = headerBytes(JSON.stringify(header));
  using out = await Deno.open(file, { write: true, create: true });
  await out.truncate(text.length + end);
  out.writeSync(text);
  for (const [i, { offset }] of (await readHeader(file)).entries()) {
    out.seekSync(offset, Deno.SeekMode.Start);
    out.writeSync(new Uint8Array(Float32Array.of(i + 1, -i).buffer));
  }
}

Deno.test({
  ignore: Deno.build.os !== "linux",
  name: "a session leaves 1.3 billion parameters in their file",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "wan-full-" });
    const file = join(folder, "dit.safetensors");
    await writeWeights(file);
    const { size } = await Deno.stat(file);
    assertOk(size > 5.67e9 && size < 5.68e9, `${size}`);
    const before = memory("RssAnon")!;
    const tensors = new Map((await readHeader(file)).map((tensor) => [tensor.name, tensor]));
    const latents = { frames: 5, height: 32, width: 32 };
    const graph = ditGraph(checkpointOf(file, tensors), PUBLISHED["1.3B"], latents, {
      attention: "fused",
    });
    const network = await openGraph(graph, "cpu");
    const taken = (memory("RssAnon")! - before) / 2 ** 30;
    await network.close();
    await Deno.remove(folder, { recursive: true });
    assertOk(taken <= 1, `${taken} GiB of anonymous memory`);
  },
});
