import { assertEquals } from "../../../testing/assert.ts";
import { failureOfStatus } from "./failure.ts";

Deno.test("nothing in a server's error steers the terminal", () => {
  const failure = {
    status: 400,
    message: "no\u001b[2J \u202eway\u0007",
    code: "c\u001b]0;x\u0007",
  };
  const { reason } = failureOfStatus(failure, (text) => text, 0);
  assertEquals(reason, "HTTP 400: no[2J way (c]0;x)");
});

Deno.test("a page's title is not said twice; one that has nothing else is still said", () => {
  const reason = (message: string) =>
    failureOfStatus({ status: 501, message }, (text) => text, 0).reason;
  const page = (head: string, body: string) => `<html>${head}<body>${body}</body></html>`;
  const head = "<head><style>p {}</style><title>Error response</title></head>";
  assertEquals(
    reason(page(head, "<h1>Error response</h1><p>Unsupported method</p>")),
    "HTTP 501: Error response Unsupported method",
  );
  assertEquals(reason(page(head, "")), "HTTP 501: Error response");
  assertEquals(reason(page("<HEAD><TITLE>No</TITLE></HEAD>", "gone")), "HTTP 501: gone");
});
