/** A key and its value: JSON. Without a value there is no such row any more. */
export type Row = readonly [key: string, value?: unknown];
