import { type Command, Option } from "commander";
import { requiredText } from "../arguments/option-values.ts";

/** What `--json` stands for, and the example for who forgot the type. */
export const JSON_CONTENT_TYPE = "application/json";

/** `--content-type` and `--json`: two ways to say the same, of which the last one counts. */
export function addContentTypeOptions(command: Command, jsonHelp: string): Command {
  return command
    .addOption(
      new Option("--content-type <type>", "content type of the stream").argParser(
        requiredText("--content-type", JSON_CONTENT_TYPE),
      ),
    )
    .option("--json", jsonHelp)
    .on("option:json", () => command.setOptionValue("contentType", JSON_CONTENT_TYPE));
}
