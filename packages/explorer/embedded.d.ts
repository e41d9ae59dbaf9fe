/** A file of the page; the same as `Asset` of `@perennial/server`, which this package does not need. */
export interface EmbeddedAsset {
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly gzip: Uint8Array;
  readonly etag: string;
  readonly immutable: boolean;
}

/** All files of the built page. Decoded anew at each call. */
export function embeddedAssets(): readonly EmbeddedAsset[];
