import { HEADER, isTrue, parseControl, sseDecoder } from "@perennial/protocol";

/** Content of a response, or the end of a page, with where the next one starts. */
export type BodyPart =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "end";
      readonly offset: string | undefined;
      readonly cursor: string | undefined;
      readonly upToDate: boolean;
      readonly closed: boolean;
    };

/** A catch-up or long-poll response: one page, told about by its headers. */
export async function* pageParts({ body, headers, status }: Response): AsyncGenerator<BodyPart> {
  for await (const bytes of body ?? []) yield { kind: "bytes", bytes };
  yield {
    kind: "end",
    offset: headers.get(HEADER.streamNextOffset) ?? undefined,
    cursor: headers.get(HEADER.streamCursor) ?? undefined,
    upToDate: headers.has(HEADER.streamUpToDate) || status === 204,
    closed: isTrue(headers.get(HEADER.streamClosed)),
  };
}

/** Server-sent events: data, and control events that end pages. */
export async function* sseParts({ body, headers }: Response): AsyncGenerator<BodyPart> {
  const isBase64 = headers.get(HEADER.streamSseDataEncoding) === "base64";
  const decoder = sseDecoder();
  const text = new TextDecoder();
  for await (const bytes of body ?? []) {
    for (const { event, data } of decoder.push(text.decode(bytes, { stream: true }))) {
      if (event === "data") yield { kind: "bytes", bytes: Buffer.from(data, isBase64 ? "base64" : "utf8") };
      else if (event === "control") yield endOfPage(data);
    }
    if (decoder.isTooLarge) throw new Error("the server sent an event that is too large");
  }
}

function endOfPage(data: string): BodyPart {
  const control = parseControl(data);
  if (control === undefined) throw new Error("the server sent a control event that cannot be read");
  const { streamNextOffset, streamCursor, streamClosed } = control;
  return {
    kind: "end",
    offset: streamNextOffset,
    cursor: streamCursor,
    // An SSE session goes on live when it is opened again, wherever it was.
    upToDate: true,
    closed: streamClosed,
  };
}
