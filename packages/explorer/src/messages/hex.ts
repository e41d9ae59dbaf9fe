/** Bytes as people read them. */

/** One line of a hex dump, without its position: `48 65 6c 6c 6f …  Hello`. */
export function hexLine(bytes: Uint8Array): string {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const left = digits.slice(0, 8).join(" ").padEnd(23);
  const right = digits.slice(8, 16).join(" ").padEnd(23);
  return `${left}  ${right}  ${[...bytes].map(printable).join("")}`;
}

/** A hex dump: sixteen bytes a line, each with its place in the bytes. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 16)
    lines.push(`${start.toString(16).padStart(6, "0")}  ${hexLine(bytes.subarray(start, start + 16))}`);
  return lines.join("\n");
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}
