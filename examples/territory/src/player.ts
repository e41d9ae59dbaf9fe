const STORED = "perennial-territory-name";
export const MAX_NAME = 16;

/** The player's name: from the address, or as it was given here before. */
export function playerName(): string | undefined {
  const name = new URLSearchParams(location.search).get("name") ?? localStorage.getItem(STORED);
  return name?.trim().slice(0, MAX_NAME) || undefined;
}

export function setPlayerName(name: string): void {
  const url = new URL(location.href);
  url.searchParams.delete("name");
  history.replaceState(null, "", url);
  localStorage.setItem(STORED, name.trim().slice(0, MAX_NAME));
}
