/** The longest `Stream-Seq` we accept, in characters: a stream keeps its last one. */
export const STREAM_SEQ_MAX_LENGTH = 256;

/** Whether the text can be a `Stream-Seq`: any, as long as it is short enough to keep (protocol §10). */
export function isValidStreamSeq(text: string): boolean {
  return text.length <= STREAM_SEQ_MAX_LENGTH;
}
