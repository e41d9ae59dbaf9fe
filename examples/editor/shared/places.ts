/** Names and addresses that the page and the server agree on. */

/** The service of all documents, below the Yjs server's own path. */
export const YJS_PATH = "/v1/yjs/editor";
/** The part of a document that holds its text. */
export const FRAGMENT = "prosemirror";
/** The comments of a document, by their ids. */
export const COMMENTS = "comments";

const KEY = /^[a-z0-9-]{1,60}$/;

/** Whether a text can name a document: lower-case letters, digits and `-`, at most 60. */
export function isDocumentKey(text: string): boolean {
  return KEY.test(text);
}

/** Path of the stream that holds the chat beside a document. */
export function chatPath(key: string): string {
  return `/v1/stream/chats/${key}`;
}
