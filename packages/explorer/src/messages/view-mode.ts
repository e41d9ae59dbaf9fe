/** How messages are shown. */
export const VIEW_MODES = ["pretty", "text", "hex"] as const;

export type ViewMode = (typeof VIEW_MODES)[number];
