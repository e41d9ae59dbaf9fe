import { describeError } from "../connection/describe-error.ts";
import { freshAnswers, queryInKey } from "./checks/caching.ts";
import { crossOrigin, requestHeaders, responseHeaders } from "./checks/headers.ts";
import { eventStream, idleConnection } from "./checks/live.ts";
import { largeBody, writeAndRead } from "./checks/write.ts";
import { type Check, type Finding, problem } from "./finding.ts";
import { Probe, type ProbeSettings } from "./probe.ts";

/** All checks, in the order in which they are reported. The first must pass for the others to make sense. */
export const CHECKS: readonly Check[] = [
  writeAndRead,
  requestHeaders,
  responseHeaders,
  crossOrigin,
  queryInKey,
  freshAnswers,
  largeBody,
  eventStream,
  idleConnection,
];

/** What was found at one URL. */
export interface Examination {
  readonly url: string;
  readonly findings: readonly { readonly name: string; readonly finding: Finding }[];
}

/** Tries everything at one base URL. The checks run side by side: they use streams of their own. */
export async function examine(settings: ProbeSettings): Promise<Examination> {
  const probe = new Probe(settings);
  const [first, ...others] = CHECKS;
  try {
    const basics = await run(first!, probe);
    const rest =
      basics.finding.verdict === "problem" ? [] : await Promise.all(others.map((check) => run(check, probe)));
    return { url: settings.baseUrl, findings: [basics, ...rest] };
  } finally {
    await probe.cleanUp();
  }
}

async function run(check: Check, probe: Probe): Promise<{ name: string; finding: Finding }> {
  try {
    return { name: check.name, finding: await check.run(probe) };
  } catch (error) {
    return {
      name: check.name,
      finding: problem(explain(error), "see that the URL is the stream root, and that the server runs"),
    };
  }
}

function explain(error: unknown): string {
  const isNetwork = error instanceof Error && (error.name === "TimeoutError" || error instanceof TypeError);
  return isNetwork ? describeError(error).text : String((error as Error).message);
}
