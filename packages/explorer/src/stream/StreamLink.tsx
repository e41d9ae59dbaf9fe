import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { STREAM_PAGE } from "../app/stream-addresses.ts";
import type { StreamSearch } from "./stream-search.ts";

interface Props extends Omit<StreamSearch, "path"> {
  /** Canonical. */
  readonly path: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A link to the page of a stream. */
export function StreamLink({ path, at, panel, className, children }: Props) {
  const search = { path, ...(at !== undefined && { at }), ...(panel !== undefined && { panel }) };
  return (
    <Link to={STREAM_PAGE} search={search} {...(className !== undefined && { className })}>
      {children}
    </Link>
  );
}
