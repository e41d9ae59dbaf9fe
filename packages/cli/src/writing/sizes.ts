/** A number of bytes in decimal units, as everywhere in Perennial: `1 byte`, `12 bytes`, `1.5 kB`, `2.0 MB`, `1.2 GB`. */
export function formatSize(bytes: number): string {
  if (bytes === 1) return "1 byte";
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** A number of bytes as the official command line prints it, in units of 1,024. */
export function formatSizeOfficially(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}

/** `1 message`, `2 messages`. */
export function formatMessages(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}
