/** The parts of the command line that other programs use. Importing this runs nothing. */
export {
  buildHeaders,
  type GlobalOptions,
  type ParsedGlobalOptions,
  parseGlobalOptions,
} from "./arguments/global-options.ts";
export { flattenJsonForAppend, isJsonContentType } from "./arguments/json.ts";
export { buildStreamUrl, normalizeBaseUrl } from "./arguments/stream-url.ts";
export { type Validation, validateAuth, validateStreamId, validateUrl } from "./arguments/validate.ts";
export { type ParsedWriteArgs, parseWriteArgs } from "./arguments/write-arguments.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export { main } from "./main.ts";
export { getUsageText } from "./usage-text.ts";
