/** Files of a page that the server serves beside its streams: the Stream Explorer, given to it by its embedder. */

/** One file. */
export interface Asset {
  /**
   * Where it is served, such as `/` or `/assets/main.js`. One that ends in `/*` is served for all paths that begin
   * with what stands before the star. Paths of the server's own (`/v1/`, `/health`) are never asked.
   */
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** `body` compressed, for clients that take it. */
  readonly gzip: Uint8Array;
  /** Strong validator, in quotation marks. */
  readonly etag: string;
  /** Whether its content never changes under this path, so that caches need not ask again. */
  readonly immutable: boolean;
}

const ALL_BELOW = "*";

/** Finds assets by path. */
export class Assets {
  readonly #exact: ReadonlyMap<string, Asset>;
  readonly #prefixes: readonly (readonly [prefix: string, asset: Asset])[];

  constructor(assets: readonly Asset[]) {
    this.#exact = new Map(assets.map((asset) => [asset.path, asset]));
    this.#prefixes = assets
      .filter(({ path }) => path.endsWith(`/${ALL_BELOW}`))
      .map((asset) => [asset.path.slice(0, -ALL_BELOW.length), asset]);
  }

  /** The asset served at a path, without query. */
  find(path: string): Asset | undefined {
    return this.#exact.get(path) ?? this.#prefixes.find(([prefix]) => path.startsWith(prefix))?.[1];
  }
}
