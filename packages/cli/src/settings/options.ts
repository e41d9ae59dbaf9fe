import { type Command, Option } from "commander";
import { flagOf, SETTINGS, type Setting, variableOf } from "./table.ts";

const PLACEHOLDERS = {
  text: "<text>",
  count: "<n>",
  milliseconds: "<ms>",
  bytes: "<bytes>",
  share: "<share>",
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
  const { kind, help, fallback } = setting;
  const flag = flagOf(setting);
  if (kind === "switch") return switchOptions(flag, help, fallback === "true");
  const placeholder = kind === "choice" ? `<${setting.choices?.join("|")}>` : PLACEHOLDERS[kind];
  return [new Option(`${flag} ${placeholder}`, fallback === undefined ? help : `${help} (${fallback})`)];
}

/** Both ways to set a switch; help shows the one that changes something. */
function switchOptions(flag: string, help: string, isOn: boolean): readonly Option[] {
  const on = new Option(flag, help).hideHelp(isOn);
  const off = new Option(flag.replace("--", "--no-"), `do not ${help}`).hideHelp(!isOn);
  return [on, off];
}

const HELP_AFTER = `
Every setting can also be an environment variable (${variableOf(SETTINGS[1]!)}=8080) or a key of the
configuration file ({"${SETTINGS[1]!.key}": 8080}; dashes become camelCase). A flag beats the environment, the
environment beats the file. Times take a unit (500ms, 30s, 5m), sizes too (64KiB, 16MiB). A switch that is on
is turned off by --no-<name>.`;
