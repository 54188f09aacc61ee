import { join } from "node:path";
import { sha256 } from "../../../store/key.ts";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { inFolder } from "../../../testing/folder.ts";
import { answerStore } from "./answers.ts";
import type { Reply } from "../client/types.ts";

const REPLY: Reply = {
  content: '{"criteria": []}',
  refusal: null,
  finish_reason: "stop",
  model: "gpt-4o-2024-11-20",
  prompt_tokens: 3500,
  completion_tokens: 120,
  latency_ms: 812.5,
  attempts: 1,
};
const KEY = sha256("a question");

Deno.test("a cached answer is found again, also by another store", () =>
  inFolder(async (folder) => {
    const store = answerStore(folder);
    assertEquals(await store.get(KEY), null);
    await store.put(KEY, REPLY);
    assertEquals(await store.get(KEY), REPLY);
    assertEquals(await answerStore(folder).get(KEY), REPLY);
    assertEquals(await store.get(sha256("another")), null);
    await store.put(KEY, { ...REPLY, content: null });
    assertEquals((await store.get(KEY))!.content, null);
    const files = [...Deno.readDirSync(join(folder, KEY.slice(0, 2)))].map(({ name }) => name);
    assertEquals(files, [`${KEY}.json`], "one file, no temporary ones");
  }));

Deno.test("only the reply is written", () =>
  inFolder(async (folder) => {
    const more = { ...REPLY, headers: { authorization: "Bearer sk-secret-secret" } };
    await answerStore(folder).put(KEY, more);
    const text = await Deno.readTextFile(join(folder, KEY.slice(0, 2), `${KEY}.json`));
    assertOk(!text.includes("secret"), text);
    assertEquals(Object.keys(JSON.parse(text)), ["version", "key", "reply", "check"]);
  }));

Deno.test("a damaged file counts as absent and is reported", () =>
  inFolder(async (folder) => {
    const reports: string[] = [];
    const store = answerStore(folder, {
      onDamaged: (path, why) => reports.push(`${path}: ${why}`),
    });
    await store.put(KEY, REPLY);
    const path = join(folder, KEY.slice(0, 2), `${KEY}.json`);
    const whole = await Deno.readTextFile(path);
    const damages = [
      "",
      whole.slice(0, 40),
      whole.replace(KEY, sha256("another question")),
      whole.replace('"prompt_tokens":3500', '"prompt_tokens":3501'),
      whole.replace('"check"', '"chick"'),
      "\x00".repeat(whole.length),
    ];
    for (const damage of damages) {
      await Deno.writeTextFile(path, damage);
      assertEquals(await store.get(KEY), null, damage);
    }
    assertEquals(store.damaged, damages.length);
    assertEquals(reports.length, damages.length);
    assertOk(reports.every((report) => report.startsWith(path)));
    await store.put(KEY, REPLY);
    assertEquals(await store.get(KEY), REPLY);
  }));

Deno.test("an answer whose tokens cannot be believed is kept, as uncounted", () =>
  inFolder(async (folder) => {
    const store = answerStore(folder);
    await store.put(KEY, REPLY);
    const path = join(folder, KEY.slice(0, 2), `${KEY}.json`);
    // As an earlier version wrote it.
    const whole = (await Deno.readTextFile(path)).replace(/,"check":"[0-9a-f]+"/, "");
    const { prompt_tokens: _p, completion_tokens: _c, ...rest } = REPLY;
    const uncounted = { ...rest, prompt_tokens: 0, completion_tokens: 0, uncounted: true };
    for (const count of ["10.5", "1e12", "-3", "null", '"many"', "1e999", "[7]"]) {
      for (const name of ["prompt_tokens", "completion_tokens"]) {
        await Deno.writeTextFile(
          path,
          whole.replace(new RegExp(`"${name}":\\d+`), `"${name}":${count}`),
        );
        assertEquals(await store.get(KEY), uncounted as Reply, `${name} ${count}`);
      }
    }
    await store.put(KEY, { ...REPLY, prompt_tokens: 10.5 });
    assertEquals(await store.get(KEY), uncounted as Reply);
    assertEquals(store.damaged, 0);
  }));

Deno.test("many writers of one key leave one complete answer", () =>
  inFolder(async (folder) => {
    const store = answerStore(folder);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.put(KEY, { ...REPLY, latency_ms: i })),
    );
    assertEquals((await store.get(KEY))!.latency_ms, 19);
  }));

Deno.test("a key that is not a hash is refused", async () => {
  const store = answerStore("unused");
  for (const key of ["", "../../etc", "ABCDEF00", "abc"]) {
    const message = await store.get(key).then(() => "", (error: Error) => error.message);
    assertOk(message.includes("hexadecimal"), key);
  }
});
