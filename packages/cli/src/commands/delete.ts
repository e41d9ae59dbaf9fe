import { Command } from "commander";
import { requestFailure } from "../failure.ts";
import { connect, type Invocation, report, streamId } from "../invocation.ts";

/** `delete <stream_id>`. Further words are ignored, as the official command line does. */
export function deleteCommand(invocation: Invocation): Command {
  return new Command("delete")
    .description("delete a stream")
    .argument("<stream_id>")
    .allowExcessArguments()
    .action(async (id: string) => {
      const connection = connect(invocation);
      try {
        await connection.request("DELETE", connection.streamUrl(streamId(id)));
      } catch (error) {
        throw requestFailure(`delete stream "${id}"`, error);
      }
      report(invocation, `Stream deleted successfully: "${id}"`);
    });
}
