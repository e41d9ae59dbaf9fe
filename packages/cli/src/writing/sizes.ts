/** A number of bytes as the official command line prints it: `1 byte`, `12 bytes`, `1.5 KB`, `2.0 MB`. */
export function formatSize(bytes: number): string {
  if (bytes === 1) return "1 byte";
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}

/** `1 message`, `2 messages`. */
export function formatMessages(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}
