/** What an error response says: text or JSON, never both. */
export interface ErrorBody {
  readonly text: string | undefined;
  readonly json: object | undefined;
}

const NOTHING: ErrorBody = { text: undefined, json: undefined };

/** Reads an error response's body unless it was read already. JSON that does not parse is given as text. */
export async function readErrorBody(response: Response): Promise<ErrorBody> {
  if (response.bodyUsed || response.body === null) return NOTHING;
  const text = await response.text();
  if (!response.headers.get("content-type")?.includes("application/json")) return { text, json: undefined };
  try {
    return { text: undefined, json: JSON.parse(text) as object };
  } catch {
    return { text, json: undefined };
  }
}
