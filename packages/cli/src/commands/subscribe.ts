import { Argument, Command } from "commander";
import { duration } from "../arguments/option-values.ts";
import type { Invocation } from "../invocation.ts";
import type { SubscribeFlags } from "../subscribing/subscribe.ts";

/** `perennial subscribe <action> [id]`: subscriptions, which wake workers when streams have news. */
export function subscribeCommand(invocation: Invocation): Command {
  return new Command("subscribe")
    .description("wake workers when streams have news")
    .addArgument(
      new Argument("<action>", "what to do").choices([
        ...["create", "list", "show", "delete", "dead-letters", "replay", "rotate-keys"],
      ]),
    )
    .argument("[id]", "the subscription")
    .option("--webhook <url>", "create: send wakes there")
    .option(
      "--wake-stream <stream_id>",
      "create: write wakes to this JSON stream, from which workers claim them",
    )
    .option("--pattern <pattern>", "create: streams to watch; * is one segment, ** any number of them")
    .option("--stream <stream_id...>", "create: a stream to watch; list: only subscriptions about it")
    .option("--lease <time>", "create: how long a worker may be silent (30s)", duration("--lease", "s"))
    .option("--description <text>", "create: what it is for")
    .option("--json", "print JSON")
    .addHelpText("after", HELP_AFTER)
    .action(async (action: string, id: string | undefined, flags: SubscribeFlags) => {
      const { subscribe } = await import("../subscribing/subscribe.ts");
      await subscribe(invocation, action, id, flags);
    });
}

const HELP_AFTER = `
  create        makes it, or confirms that it is there
  list          shows all
  show          shows one: its streams, its wake, what went wrong last
  delete        deletes it
  dead-letters  shows wakes that were given up
  replay        sends what is pending again, now
  rotate-keys   makes new keys for signatures and tokens

  perennial subscribe create mail --pattern 'inbox/*' --webhook https://example.com/hook`;
