import { tour } from "../tour.ts";
import type { About } from "./run-server.ts";

/** What `perennial dev` says once it listens: where it is, where the data is, and how to begin. */
export function welcome(origin: string, { storage, explorer }: Pick<About, "storage" | "explorer">): string {
  const steps = tour(origin).map(({ title, command }) => `  # ${title}\n  ${command}\n`);
  return `
  Perennial listens on ${origin}
${explorer ? `  Explorer  ${origin}/\n` : ""}  Streams   ${origin}/v1/stream/*
  Data      ${storage}
  Ctrl-C stops it.

  A tour, for another terminal:

${steps.join("\n")}
`;
}
