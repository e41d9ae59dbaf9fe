import { tour } from "../tour.ts";
import type { About } from "./run-server.ts";

type Place = Pick<About, "storage" | "streamRoots" | "explorer" | "signIn" | "yjs">;

/** What a server says to a person once it listens: where it is, where the data is, and how it is stopped. */
export function greeting(origin: string, { storage, streamRoots, explorer, signIn, yjs }: Place): string {
  const streams = streamRoots.map((root) => `${origin}${root}*`).join("\n            ");
  const links = signIn.map((line) => `  Sign in   ${line}\n`).join("");
  return `
  Perennial listens on ${origin}
${explorer ? `  Explorer  ${origin}/\n` : ""}${links}  Streams   ${streams}
${yjs ? `  Yjs       ${origin}/v1/yjs/*\n` : ""}  Data      ${storage}
  Ctrl-C stops it.

`;
}

/** What `perennial dev` says: the same, and how to begin. */
export function welcome(origin: string, place: Place): string {
  const steps = tour(origin).map(({ title, command }) => `  # ${title}\n  ${command}\n`);
  return `${greeting(origin, place)}  A tour, for another terminal:

${steps.join("\n")}
`;
}
