/** Headers of HTTP itself, which no page sets or reads: what a message is for, and how its body is coded and framed. */
export const HTTP_HEADER = {
  host: "Host",
  contentLength: "Content-Length",
  contentEncoding: "Content-Encoding",
  transferEncoding: "Transfer-Encoding",
} as const;
