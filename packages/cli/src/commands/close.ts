import { HEADER } from "@perennial/protocol";
import { Command } from "commander";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";

/** `close <stream_id>`: no more appends. Closing a closed stream succeeds. */
export function closeCommand(invocation: Invocation): Command {
  return new Command("close")
    .description("close a stream: it can still be read, but takes no more content")
    .argument("<stream_id>")
    .action(async (id: string) => {
      const connection = connect(invocation);
      try {
        const { headers } = await connection.request("POST", connection.streamUrl(streamId(id)), {
          headers: { [HEADER.streamClosed]: "true" },
        });
        report(invocation, `Stream closed: "${id}"\n  Final offset: ${headers.get(HEADER.streamNextOffset)}`);
      } catch (error) {
        throw requestFailure(`close stream "${id}"`, error);
      }
    });
}
