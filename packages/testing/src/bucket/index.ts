export { type S3Faults, S3Server } from "./s3-server.ts";
export { startVersitygw, VERSITYGW } from "./versitygw.ts";
