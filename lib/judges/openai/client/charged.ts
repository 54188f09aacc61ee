/** An attempt and its charge: each ends as the other does. */
import { fewestTokens } from "../cost/counts.ts";
import type { Failure } from "./failure.ts";
import type { Charge, Reply } from "./types.ts";

/** Ends an attempt's charge as its outcome demands; one that is aborted may have been billed. */
export async function charged<Result extends Omit<Reply, "attempts"> | Failure>(
  charge: Charge | undefined,
  attempt: () => Promise<Result>,
): Promise<Result> {
  let result: Result;
  try {
    result = await attempt();
  } catch (error) {
    charge?.keep("maybe billed");
    throw error;
  }
  if (!("kind" in result)) {
    if (result.uncounted) charge?.keep("uncounted", fewestTokens(result.content ?? ""));
    else charge?.settle(result);
  } else if (result.billable) charge?.keep("maybe billed");
  else charge?.release();
  return result;
}
