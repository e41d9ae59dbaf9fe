import { type Command, Option } from "commander";
import { flagOf, SETTINGS, type Setting, variableOf } from "./table.ts";

const PLACEHOLDERS = {
  text: "<text>",
  count: "<n>",
  milliseconds: "<ms>",
  bytes: "<bytes>",
  share: "<share>",
  choice: "<name>",
} as const;

/** Gives a command a flag for every setting, under the headings of the table. */
export function addSettingOptions(command: Command): void {
  for (const setting of SETTINGS) {
    for (const option of optionsOf(setting)) command.addOption(option.helpGroup(`${setting.group}:`));
  }
  command.option("--config <file>", "JSON file of settings (perennial.config.json is read if it exists)");
  command.addHelpText("after", HELP_AFTER);
}

function optionsOf(setting: Setting): readonly Option[] {
  const flag = flagOf(setting);
  if (setting.kind === "switch") {
    return [new Option(flag, setting.help), new Option(flag.replace("--", "--no-")).hideHelp()];
  }
  const fallback = setting.fallback === undefined ? "" : ` (${setting.fallback})`;
  const choices = setting.choices === undefined ? "" : `: ${setting.choices.join(", ")}`;
  return [new Option(`${flag} ${PLACEHOLDERS[setting.kind]}`, `${setting.help}${choices}${fallback}`)];
}

const HELP_AFTER = `
Every setting can also be an environment variable (${variableOf(SETTINGS[1]!)}=8080) or a key of the
configuration file ({"${SETTINGS[1]!.key}": 8080}; dashes become camelCase). A flag beats the environment, the
environment beats the file. Times take a unit (500ms, 30s, 5m), sizes too (64KiB, 16MiB). A switch that is on
is turned off by --no-<name>.`;
