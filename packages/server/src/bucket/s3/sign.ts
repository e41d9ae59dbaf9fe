/**
 * Signature Version 4 of Amazon, in the `Authorization` header.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from "node:crypto";
import type { Credentials } from "./location.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";

export interface UnsignedRequest {
  readonly method: string;
  readonly host: string;
  /** Encoded, as it is sent. */
  readonly path: string;
  /** Encoded and sorted, as it is sent, without the question mark. */
  readonly query: string;
  /** In lower case. All are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Signs the requests of one who asks. What the signature needs of each day is kept. */
export class Signer {
  readonly #credentials: Credentials;
  readonly #region: string;
  #day = "";
  #key: Buffer = Buffer.alloc(0);

  constructor(credentials: Credentials, region: string) {
    this.#credentials = credentials;
    this.#region = region;
  }

  /** The headers of the request, with those that sign it, but for `host`. */
  sign({ method, host, path, query, headers, body }: UnsignedRequest, now: Date): Record<string, string> {
    const { accessKeyId, sessionToken } = this.#credentials;
    const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const signed: Record<string, string> = {
      ...headers,
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
      "x-amz-date": time,
      ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
    };
    const names = [...Object.keys(signed), "host"].sort();
    const lines = names.map((name) => `${name}:${name === "host" ? host : signed[name]!.trim()}\n`).join("");
    const list = names.join(";");
    const canonical = [method, path, query, lines, list, signed["x-amz-content-sha256"]].join("\n");
    const scope = `${time.slice(0, 8)}/${this.#region}/s3/aws4_request`;
    const digest = createHash("sha256").update(canonical).digest("hex");
    const text = [ALGORITHM, time, scope, digest].join("\n");
    const signature = hmac(this.#keyOf(time.slice(0, 8)), text).toString("hex");
    const credential = `Credential=${accessKeyId}/${scope}`;
    const authorization = `${ALGORITHM} ${credential},SignedHeaders=${list},Signature=${signature}`;
    return { ...signed, authorization };
  }

  #keyOf(day: string): Buffer {
    if (this.#day !== day) {
      const first = Buffer.from(`AWS4${this.#credentials.secretAccessKey}`);
      this.#key = [day, this.#region, "s3", "aws4_request"].reduce(hmac, first);
      this.#day = day;
    }
    return this.#key;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Encodes all but letters, digits and `-._~`, as signatures want it: one part of a path, or of a query. */
export function encodePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Encodes a query and sorts it. */
export function encodeQuery(query: Readonly<Record<string, string>>): string {
  const parts = Object.entries(query).map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`);
  return parts.sort().join("&");
}
