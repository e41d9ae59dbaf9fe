import type { CreateRecord } from "@perennial/server/journal";

/**
 * What a stream is created with that asks for nothing special. Tests spread it and name what they mean; so a new setting
 * is added here, and not in each of them.
 */
export const PLAIN_SETTINGS = {
  ttlSeconds: undefined,
  expiresAt: undefined,
  maxBytes: undefined,
  fork: undefined,
  closed: false,
} satisfies Partial<CreateRecord>;

/** How a stream came to be that asks for nothing special and holds nothing. */
export const PLAIN_CREATION: CreateRecord = {
  ...PLAIN_SETTINGS,
  kind: "create",
  id: 1,
  at: 0,
  path: "/v1/stream/s",
  contentType: "text/plain",
  data: { parts: [], byteLength: 0 },
};
