/** The defaults with the given options over them; an option that is undefined counts as not given. */
export function withDefaults<
  T extends object,
  O extends { readonly [Name in keyof T]?: T[Name] | undefined },
>(defaults: T, options: O | undefined): T & Omit<O, keyof T> {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as T & Omit<O, keyof T>;
}
