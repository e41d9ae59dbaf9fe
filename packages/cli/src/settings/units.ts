/** Units of time and what they are in milliseconds, smallest first. */
export const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Units of size in which settings are shown, and what they are in bytes, smallest first. */
export const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Units in which a size may be given: those, and the decimal ones in which sizes of streams are shown. */
export const GIVEN_BYTE_UNITS: Readonly<Record<string, number>> = {
  ...BYTE_UNITS,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
};
