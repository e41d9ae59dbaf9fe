/**
 * The id under which TanStack DB knows a collection: one per stream and collection name, so that live queries can join
 * collections of one name from two streams.
 *
 * @param prefix keeps the collections of two databases over one stream apart; default `stream-db`
 */
export function getStreamDBCollectionId(
  streamUrl: string,
  collectionName: string,
  prefix = "stream-db",
): string {
  return `${prefix}:${streamUrl}:${collectionName}`;
}
