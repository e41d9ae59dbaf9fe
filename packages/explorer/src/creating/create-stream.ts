import { type CreateOptions, DurableStream } from "@perennial/client";
import { streamUrl } from "../server/address.ts";

/** What a stream is made of. */
type Making = Pick<CreateOptions, "contentType" | "ttlSeconds" | "body" | "forkedFrom" | "forkOffset">;

/**
 * Makes a stream. Rejects with the server's refusal, and when the stream was there before: the server takes the same request
 * twice and stores nothing the second time, which nobody must take for a stream that they made.
 *
 * @param path canonical and percent-encoded
 */
export async function createStream(
  path: string,
  { contentType, ttlSeconds, body, forkedFrom, forkOffset }: Making,
): Promise<void> {
  let status = 0;
  await DurableStream.create({
    url: streamUrl(path),
    ...{ contentType, ttlSeconds, body, forkedFrom, forkOffset },
    warnOnHttp: false,
    // Not repeated when its answer is lost: the second answer would say that somebody else had made it.
    backoffOptions: { maxRetries: 0 },
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      status = response.status;
      return response;
    },
  });
  if (status === 200) throw new Error("There is a stream of this name already; nothing was written to it.");
}
