/** A certificate for localhost that vouches for itself, good for a hundred years. Its key is no secret. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TlsIdentity } from "@perennial/server";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

export const TEST_CERT_FILE = fixture("tls-cert.pem");
export const TEST_KEY_FILE = fixture("tls-key.pem");

export const TEST_IDENTITY: TlsIdentity = {
  cert: readFileSync(TEST_CERT_FILE, "utf8"),
  key: readFileSync(TEST_KEY_FILE, "utf8"),
};
