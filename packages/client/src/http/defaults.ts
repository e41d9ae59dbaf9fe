/** The defaults with the given options over them; an option that is undefined counts as not given. */
export function withDefaults<T extends object>(
  defaults: T,
  options: { readonly [Name in keyof T]?: T[Name] | undefined } | undefined,
): T {
  const complete = { ...defaults };
  for (const name in options) {
    const value = options[name];
    if (value !== undefined) complete[name] = value;
  }
  return complete;
}
