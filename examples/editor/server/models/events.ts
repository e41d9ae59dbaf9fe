/** Reads server-sent events of a model's answer. */

/** Bytes of one event at most. */
const MAX_EVENT = 1024 * 1024;

/**
 * The data of each event, as JSON.
 *
 * @throws Error when the answer is not what it should be
 */
export async function* jsonEvents(response: Response): AsyncGenerator<unknown> {
  if (!response.ok)
    throw new Error(`the model answers ${response.status}: ${(await response.text()).slice(0, 300)}`);
  if (response.body === null) throw new Error("the model's answer is empty");
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true }).replaceAll("\r", "");
    const events = text.split("\n\n");
    text = events.pop()!;
    if (text.length > MAX_EVENT) throw new Error("the model's answer has an event without an end");
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (data !== undefined && data !== "[DONE]") yield JSON.parse(data);
    }
  }
}

/** The input of a call, of the text in which it came. */
export function parsedInput(json: string): unknown {
  try {
    return json === "" ? {} : JSON.parse(json);
  } catch {
    // Told to the model by the tool, which refuses it.
    return json;
  }
}
