/** What tells one checkpoint from another. */
import { join } from "node:path";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { inFolder } from "../../../testing/folder.ts";
import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { identityOf } from "./identity.ts";

Deno.test("weights of which one small tensor differs are others, in small files and in large ones", () =>
  inFolder(async (folder) => {
    const file = join(folder, "step-500.safetensors");
    const identity = async (value: number, whole?: number) => {
      const frozen = f32([4000, 64]);
      await writeSafetensors(file, {
        frozen,
        "norm.bias": f32([8], Array(8).fill(value)),
        more: frozen,
      });
      return await identityOf([await openCheckpoint(file, "a fine-tune")], { whole });
    };
    for (const whole of [undefined, 1000]) {
      const first = await identity(1, whole);
      assertOk(await identity(2, whole) !== first);
      assertEquals(await identity(1, whole), first);
    }
  }));
