import type { Logger } from "@perennial/server";

/** A logger that keeps what was logged as an error: a bug of ours, whatever the client was told. */
export function errorKeeper(): { readonly logger: Logger; readonly errors: unknown[] } {
  const errors: unknown[] = [];
  const ignore = (): void => undefined;
  const keep = (...parts: unknown[]): void => void errors.push(parts);
  return { logger: { debug: ignore, info: ignore, warn: ignore, error: keep } as unknown as Logger, errors };
}
