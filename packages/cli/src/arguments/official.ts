/** Commands for which the official command line takes the flags of others, and ignores them. */
const LENIENT: ReadonlySet<string> = new Set(["read", "delete"]);

/** Those flags. */
const IGNORED = /^--(?:json|batch-json|content-type)(?:=|$)/;

/**
 * The arguments of `durable-stream` without what it takes and ignores: `read --json` prints bytes as they are, and the
 * flags of `create` and `write` do no harm to `read` and `delete`.
 */
export function withoutIgnored(args: readonly string[]): string[] {
  if (!LENIENT.has(args[0] ?? "")) return [...args];
  return args.filter((argument, index) => !IGNORED.test(argument) && args[index - 1] !== "--content-type");
}
