/** The page's signs, as lines on a grid of 16. */
const PATHS = {
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2v9.6L12.5 8Z",
  write: "M10.8 2.8l2.4 2.4L6 12.4l-3 .6.6-3Z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8",
  now: "M3.5 4l4 4-4 4M12.5 4v8",
  done: "M3 8.5l3.5 3.5L13 4.5",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  columns: "M2.5 3.5h11v9h-11ZM6.2 3.5v9M9.8 3.5v9",
  take: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.5h10",
  add: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  back: "M9.5 3.5L5 8l4.5 4.5",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  fork: "M4.5 14V2M4.5 9.5c0-3 7-2 7-5.5M11.5 4l-2 2M11.5 4l2 2",
  again: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.8h-2.8",
  leave: "M9 3H3v10h6M6 8h8l-3-3m3 3-3 3",
  people:
    "M6 7.5A2.25 2.25 0 1 0 6 3a2.25 2.25 0 0 0 0 4.5ZM2 13c0-2.2 1.8-3.5 4-3.5s4 1.3 4 3.5M10.5 3.2a2.25 2.25 0 0 1 0 4.1M11.8 9.8c1.4.5 2.2 1.6 2.2 3.2",
  keyboard: "M2 4.5h12v7H2ZM4.7 9.2h6.6M4.7 6.9h.01M6.9 6.9h.01M9.1 6.9h.01M11.3 6.9h.01",
  system: "M2.5 3.5h11v7.5h-11ZM6 13.5h4",
  light:
    "M8 10.8A2.8 2.8 0 1 0 8 5.2a2.8 2.8 0 0 0 0 5.6ZM8 1.8v1M8 13.2v1M14.2 8h-1M2.8 8h-1M12.4 3.6l-.7.7M4.3 11.7l-.7.7M12.4 12.4l-.7-.7M4.3 4.3l-.7-.7",
  dark: "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6Z",
} as const;

export type IconName = keyof typeof PATHS;

/** A sign that says again what the words around it, or the name of its button, say. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
