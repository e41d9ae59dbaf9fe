/** What an answer of S3 that is no success means, in our words: what a server says is quoted no further than its code. */
import type { BucketProblem } from "../bucket.ts";
import type { Answered, NoAnswer } from "./exchange.ts";
import type { S3Location } from "./location.ts";
import { textOf } from "./xml.ts";

/** Statuses and codes of what goes by. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
const PASSING_CODES = ["RequestTimeout", "SlowDown", "ConditionalRequestConflict", "OperationAborted"];

/** Codes of what is no question of permission alone; some services give them with other statuses than 403. */
const CREDENTIAL_CODES = [
  ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"],
  // Of versitygw, with 404.
  "XAdminUserNotFound",
];

/** The code in an error's body, such as `NoSuchKey`; empty where there is none. */
export function codeOf({ body }: Answered): string {
  const code = textOf(body.toString(), "Code") ?? "";
  return /^\w{1,64}$/.test(code) ? code : "";
}

/** Whether the same request may well succeed a little later. */
export function isPassing(answer: Answered): boolean {
  return PASSING_STATUSES.includes(answer.status) || PASSING_CODES.includes(codeOf(answer));
}

export function problemOfSilence(location: S3Location, { reason, message }: NoAnswer): BucketProblem {
  const host = location.base.host;
  if (reason === "too-long") return { reason: "unusable", message: `${host} gave ${message}` };
  return { reason: "unreachable", message: `the bucket ${location.bucket} at ${host}: ${message}` };
}

export function problemOfAnswer({ bucket, base, region }: S3Location, answer: Answered): BucketProblem {
  const code = codeOf(answer);
  const where = `the bucket ${bucket} at ${base.host}`;
  const said = `${answer.status}${code === "" ? "" : ` ${code}`}`;
  if (code === "NoSuchBucket") return { reason: "missing", message: `${where} does not exist` };
  if (code === "RequestTimeTooSkewed")
    return { reason: "denied", message: `${where} refused (${said}): the clock of this machine is wrong` };
  const named = answer.headers["x-amz-bucket-region"];
  const other = typeof named === "string" && /^[a-z0-9-]{1,64}$/.test(named) ? named : undefined;
  if ((other !== undefined && other !== region) || code === "AuthorizationHeaderMalformed") {
    const right = other ?? "the bucket's region";
    return {
      reason: "denied",
      message: `${where} is not in ${region} (${said}): set AWS_REGION to ${right}`,
    };
  }
  if ([401, 403].includes(answer.status) || CREDENTIAL_CODES.includes(code)) {
    const hint = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and what this key may do there";
    return { reason: "denied", message: `${where} refused (${said}): ${hint}` };
  }
  if (isPassing(answer)) return { reason: "unreachable", message: `${where} keeps failing (${said})` };
  return { reason: "unusable", message: `${where} answered ${said}; is AWS_ENDPOINT_URL an S3 service?` };
}
