import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../paths.ts";
import type { Peer } from "./peer.ts";

const program = join(repository, "packages", "cli", "bin", "perennial.js");
const SERVICE = "bench";

/** Our own server with a service whose streams are asked for with its secret, or with a token of it. */
export function guardedPeer(peer: Peer, credential: "secret" | "token"): Peer {
  return {
    ...peer,
    name: `${peer.name}-${credential}`,
    description: `${peer.description}, a service and its ${credential}`,
    streamRoot: `${peer.streamRoot}${SERVICE}/`,
    prepareData: async ({ dataDirectory }) => {
      const secret = await perennial(["service", "create", SERVICE, "--data-dir", dataDirectory]);
      const text = credential === "secret" ? secret : await tokenOf(secret);
      return { Authorization: `Bearer ${text}` };
    },
  };
}

/** A token as browsers have them: for some verbs, and all streams below one prefix. */
function tokenOf(secret: string): Promise<string> {
  const rights = ["--match", "**", "--ops", "read,append,create,close,delete", "--expires-in", "24h"];
  return perennial(["token", "mint", SERVICE, ...rights], { STREAM_AUTH: `Bearer ${secret}` });
}

async function perennial(parameters: readonly string[], environment = {}): Promise<string> {
  const options = { env: { ...process.env, ...environment } };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...parameters], options);
  return stdout.trim();
}
