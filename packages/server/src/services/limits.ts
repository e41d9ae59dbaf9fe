/** What a service may use. Pure. */

/** The limits that a service can have. */
export const LIMIT_NAMES = [
  "writesPerSecond",
  "bytesPerSecond",
  "liveReaders",
  "streams",
  "storedBytes",
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];

/** What a service may use; what is not named is not limited. Whole numbers above 0. */
export type ServiceLimits = Readonly<Partial<Record<LimitName, number>>>;

/** What is wrong with limits, if they are none. */
export function limitsProblem(limits: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMIT_NAMES.includes(name as LimitName))
      return `there is no limit ${name}: ${LIMIT_NAMES.join(", ")}`;
    if (!Number.isSafeInteger(value) || Number(value) < 1) return `${name} must be a whole number above 0`;
  }
  return undefined;
}

/** A service would use more than it may. */
export interface LimitReached {
  readonly kind: "service-limit";
  readonly name: LimitName;
  readonly limit: number;
  /** What it uses: of a rate, what it asked for within this second. */
  readonly use: number;
  /** When to try again, seconds. */
  readonly retryAfter: number;
}
