/** Where a bucket is and who asks: `s3://bucket/prefix`, and the environment variables that S3 tools share. */
import { ok, type Result, reject } from "@perennial/protocol";

const SCHEME = "s3://";
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,64}$/;
const PREFIX_BYTES_MAX = 512;
/** Amazon's own default. Most other services take any region. */
const DEFAULT_REGION = "us-east-1";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that are lent for a time. */
  readonly sessionToken?: string;
}

export interface S3Location {
  readonly bucket: string;
  /** What all keys begin with: empty, or ends with a slash. */
  readonly prefix: string;
  readonly region: string;
  /** `http:` or `https:`, host, and whatever comes before a key but for its slash; the bucket is in one of them. */
  readonly base: URL;
  readonly credentials: Credentials;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a person means a bucket, not a directory. */
export function isBucketUrl(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * @param text `s3://bucket` or `s3://bucket/prefix`
 * @param environment `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, maybe `AWS_SESSION_TOKEN`, `AWS_REGION` and, for any service but
 *   Amazon's, `AWS_ENDPOINT_URL` (or `AWS_ENDPOINT_URL_S3`, which comes first)
 * @returns the location, or what is wrong, without any secret
 */
export function parseS3Location(text: string, environment: Environment): Result<S3Location, string> {
  const [bucket = "", ...segments] = text.slice(SCHEME.length).replace(/\/+$/, "").split("/");
  if (!isBucketUrl(text) || !BUCKET_NAME.test(bucket) || bucket.includes(".."))
    return reject(`${text} names no bucket; write s3://bucket or s3://bucket/prefix`);
  if (!isPrefix(segments))
    return reject(`the prefix of ${text} must have no empty parts, no . or .., and at most 512 bytes`);
  const credentials = credentialsFrom(environment);
  if (credentials.kind === "rejected") return credentials;
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || DEFAULT_REGION;
  if (!REGION.test(region)) return reject("AWS_REGION is no region, such as eu-central-1");
  const base = baseOf(bucket, region, environment);
  if (base.kind === "rejected") return base;
  const prefix = segments.map((segment) => `${segment}/`).join("");
  return ok({ bucket, prefix, region, base: base.value, credentials: credentials.value });
}

function isPrefix(segments: readonly string[]): boolean {
  if (Buffer.byteLength(segments.join("/")) > PREFIX_BYTES_MAX) return false;
  return segments.every((segment) => !["", ".", ".."].includes(segment) && !/\p{Cc}|\p{Cs}/u.test(segment));
}

function credentialsFrom(environment: Environment): Result<Credentials, string> {
  const accessKeyId = environment.AWS_ACCESS_KEY_ID ?? "";
  const secretAccessKey = environment.AWS_SECRET_ACCESS_KEY ?? "";
  const sessionToken = environment.AWS_SESSION_TOKEN || undefined;
  if (accessKeyId === "" || secretAccessKey === "")
    return reject(
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that may read and write the bucket",
    );
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SESSION_TOKEN: sessionToken ?? "",
  }))
    if (!/^[\x21-\x7e]*$/.test(value)) return reject(`${name} has characters that no such value has`);
  return ok({ accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) });
}

/** Amazon knows a bucket by its host, others by the path; a name with dots fits no certificate of Amazon's. */
function baseOf(bucket: string, region: string, environment: Environment): Result<URL, string> {
  const endpoint = environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL;
  if (endpoint === undefined || endpoint === "") {
    const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
    return ok(new URL(bucket.includes(".") ? `https://${host}/${bucket}` : `https://${bucket}.${host}`));
  }
  const base = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isPlain =
    base !== undefined && base.username + base.password + base.search + base.hash === "" && base.host !== "";
  if (!isPlain || !["http:", "https:"].includes(base.protocol))
    return reject("AWS_ENDPOINT_URL is no plain URL, such as https://s3.example.com");
  base.pathname = `${base.pathname.replace(/\/+$/, "")}/${bucket}`;
  return ok(base);
}
