import { defaults, type Options } from "./options.ts";
import { allPeers } from "./peers/index.ts";
import { workloads } from "./workloads/index.ts";

/** What `npm run bench -- --help` prints. */
export function helpText(options: Options): string {
  return `npm run bench -- [workload…] [flags]

Measures this server and its peers in one run. Without a workload: ${defaults.workloads.join(", ")}.

Workloads (or: all)
${columns(workloads.map(({ name, description }) => [name, description]))}

Peers
${columns(allPeers(options).map(({ name, description }) => [name, description]))}

Flags
${columns(flagHelp)}
`;
}

const flagHelp: readonly (readonly [string, string])[] = [
  ["--peers a,b", `who is measured (default: ${defaults.peers.join(",")})`],
  [
    "--url [name=]URL",
    "also a server that is running, by the address of its streams' parent; may be repeated",
  ],
  ["--baseline DIR", "adds the peers baseline-…: our server from the build of another checkout"],
  ["--rounds N", `alternating rounds, each with fresh servers (default: ${defaults.rounds})`],
  ["--seconds S", `length of each measurement (default: ${defaults.seconds})`],
  [
    "--quick",
    `${defaults.quick.rounds} round of ${defaults.quick.seconds} s: to see that it works, not to compare`,
  ],
  ["--undisturbed", "waits for a quiet machine before each round and repeats a round that others disturbed"],
  ["--high-priority", "schedules server and load before all else (as root)"],
  ["--connections 64,256", "how many connections, for the workloads that have a choice"],
  ["--out DIR", "where the report goes (default: bench/results/DATE)"],
  ["--generator wrk|own", "who sends plain requests (default: wrk where it is installed)"],
  ["--server-cores LIST", "cores of the server (default: 0)"],
  ["--load-cores LIST", "cores of the load (default: the others)"],
  ["--our-flags 'A B'", "further flags for our server"],
  ["--trace-gc", "our server reports garbage collections into its log"],
  ["--cpu-prof", "our server leaves a CPU profile per round"],
];

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n");
}
