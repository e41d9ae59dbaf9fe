/** Where the client remembers which stream a request led to, so that a reload finds it again. */
import { PROXY_QUERY } from "../core/words.ts";

/** The part of `Storage` that is needed. */
export interface DurableStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What is remembered of one request. */
export interface StreamCredentials {
  streamUrl: string;
  streamId: string;
  /** Up to where its reader has taken it; `-1` for nothing yet. */
  offset: string;
  upstreamContentType?: string;
  createdAtMs: number;
  /** Seconds since 1970. */
  expiresAtSecs: number;
}

/** A storage that forgets all when the page or process ends. */
export class MemoryStorage implements DurableStorage {
  readonly #items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }

  clear(): void {
    this.#items.clear();
  }
}

/** `localStorage` where there is one, else a new `MemoryStorage`. */
export function getDefaultStorage(): DurableStorage {
  try {
    // Where cookies are forbidden, asking for it throws.
    if (typeof localStorage !== "undefined") return localStorage;
  } catch {}
  return new MemoryStorage();
}

/** @param scope the proxy's URL without slashes at its end */
export function createStorageKey(prefix: string, scope: string, requestId: string): string {
  return `${prefix}${scope}:${requestId}`;
}

/** Remembers. A storage that is full or forbidden is done without: it costs a resume, not the answer. */
export function saveCredentials(
  storage: DurableStorage,
  prefix: string,
  scope: string,
  requestId: string,
  credentials: StreamCredentials,
): void {
  try {
    storage.setItem(createStorageKey(prefix, scope, requestId), JSON.stringify(credentials));
  } catch {}
}

/** What is remembered; null if it is nothing, or does not look as it should. */
export function loadCredentials(
  storage: DurableStorage,
  prefix: string,
  scope: string,
  requestId: string,
): StreamCredentials | null {
  try {
    const text = storage.getItem(createStorageKey(prefix, scope, requestId));
    const value: unknown = text === null ? null : JSON.parse(text);
    return isCredentials(value) ? value : null;
  } catch {
    return null;
  }
}

/** Forgets. */
export function removeCredentials(
  storage: DurableStorage,
  prefix: string,
  scope: string,
  requestId: string,
): void {
  try {
    storage.removeItem(createStorageKey(prefix, scope, requestId));
  } catch {}
}

/** Whether the read URL is good no more. */
export function isUrlExpired(credentials: StreamCredentials): boolean {
  return Date.now() > credentials.expiresAtSecs * 1000;
}

/** The id in a read URL. @throws Error if there is none */
export function extractStreamIdFromUrl(url: string): string {
  const segment = new URL(url, "http://localhost").pathname.split("/").at(-1);
  if (!segment) throw new Error("the URL names no stream");
  return decodeURIComponent(segment);
}

/** Until when a read URL is good, in seconds since 1970. @throws Error if it does not say */
export function extractExpiresFromUrl(url: string): number {
  const expires = new URL(url, "http://localhost").searchParams.get(PROXY_QUERY.expires);
  const seconds = Number.parseInt(expires ?? "", 10);
  if (Number.isNaN(seconds)) throw new Error("the URL does not say until when it is good");
  return seconds;
}

function isCredentials(value: unknown): value is StreamCredentials {
  if (typeof value !== "object" || value === null) return false;
  const { streamUrl, streamId, offset, createdAtMs, expiresAtSecs } = value as Record<string, unknown>;
  const areTexts = [streamUrl, streamId, offset].every((each) => typeof each === "string");
  return areTexts && typeof createdAtMs === "number" && typeof expiresAtSecs === "number";
}
