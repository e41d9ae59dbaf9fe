/** How hard the random tests try. `PERENNIAL_EFFORT=20 npm test` runs every property twenty times as often. */

const text = process.env.PERENNIAL_EFFORT ?? "1";
const effort = Number(text);
if (!Number.isFinite(effort) || effort <= 0) {
  throw new Error(`PERENNIAL_EFFORT must be a positive number, not ${text}`);
}

/** The number of runs of a property, given what a quick run of all tests can afford. */
export function runs(quick: number): number {
  return Math.max(1, Math.round(quick * effort));
}
