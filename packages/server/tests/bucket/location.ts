import { parseS3Location, type S3Location } from "../../src/bucket/s3/location.ts";

/** Where a bucket is, in an environment that says all that it must. */
export function locationIn(environment: Record<string, string>, url = "s3://bucket"): S3Location {
  const location = parseS3Location(url, environment);
  if (location.kind === "rejected") throw new Error(location.rejection);
  return location.value;
}
