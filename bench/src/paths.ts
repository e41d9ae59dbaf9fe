import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout, seen from `bench/src` and from `bench/dist` alike. */
export const repository = join(fileURLToPath(import.meta.url), "..", "..", "..");
