import { assertOk } from "../../../testing/assert.ts";
import { whatToTry } from "./what_to_try.ts";

Deno.test("what to try follows what the words are about", () => {
  const cases: [number | null, string, RegExp][] = [
    [null, "HTTP 413: Request Entity Too Large", /--frames/],
    [400, "Your credit balance is too low to access the API", /top up/],
    [429, "余额不足或无可用资源包,请充值。", /top up/],
    [429, "Rate limit exceeded: free-models-per-day. Add 10 credits", /renewed/],
    [400, "Model Not Exist", /\/models for/],
    [400, "Unsupported model gpt-4o", /\/models for/],
    [200, "login fail: Please carry the API secret key", /OPENAI_API_KEY/],
    [308, "the server sends requests on to https://a.example/v1", /--base-url$/],
  ];
  for (const [status, words, expected] of cases) {
    const advice = whatToTry({ status, words, server: "https://host.example/v1" });
    assertOk(expected.test(advice), `${words}: ${advice}`);
  }
});
