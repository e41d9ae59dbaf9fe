/** Who sits at this page. */
export interface Person {
  readonly name: string;
  readonly color: string;
}

/** Dark enough for white letters, and for text on white. */
const COLORS = ["#c2410c", "#0f766e", "#1d4ed8", "#be185d", "#4d7c0f", "#a16207", "#0e7490", "#b91c1c"];
const STORED = "perennial-editor-name";

/** The name from the address, or the one that was used here before. */
export function knownPerson(): Person | undefined {
  const name = new URLSearchParams(location.search).get("name") ?? localStorage.getItem(STORED);
  return name ? personOf(name) : undefined;
}

export function rememberPerson(name: string): Person {
  localStorage.setItem(STORED, name);
  return personOf(name);
}

function personOf(name: string): Person {
  const sum = Array.from(name).reduce((hash, sign) => (hash * 31 + sign.codePointAt(0)!) >>> 0, 7);
  return { name: name.slice(0, 40), color: COLORS[sum % COLORS.length]! };
}
