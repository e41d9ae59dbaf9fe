/** The members of a record that are given: neither undefined nor null. */
export function present<T>(record: Readonly<Record<string, T>>): Record<string, NonNullable<T>> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as Record<string, NonNullable<T>>;
}

/** The defaults with the given options over them; an option that is undefined counts as not given. */
export function withDefaults<
  T extends object,
  O extends { readonly [Name in keyof T]?: T[Name] | undefined },
>(defaults: T, options: O | undefined): T & Omit<O, keyof T> {
  return { ...defaults, ...present({ ...options }) } as T & Omit<O, keyof T>;
}
