/** The panels of a stream's view. Each uses `useStreamView()`. */
import type { ComponentType } from "react";
import type { RowKind } from "../feed/cut-rows.ts";
import { ForksPanel } from "../forks/ForksPanel.tsx";
import { MediaPanel } from "../media/MediaPanel.tsx";
import { mediaType } from "../media/read-media.ts";
import { MessagesPanel } from "../messages/MessagesPanel.tsx";
import { ProducersPanel } from "../producers/ProducersPanel.tsx";
import { ReadingPanel } from "../reading/ReadingPanel.tsx";
import { StatePanel } from "../state-tables/StatePanel.tsx";
import { WirePanel } from "../wire/WirePanel.tsx";

export interface StreamPanel {
  /** Its name in the address. */
  readonly id: string;
  readonly title: string;
  /** Whether it makes sense for streams of this kind and content type. */
  readonly isFor: (kind: RowKind, contentType: string) => boolean;
  readonly Panel: ComponentType;
}

/** The first one is open unless the address says otherwise. */
export const PANELS: readonly StreamPanel[] = [
  { id: "media", title: "Show", isFor: (_, type) => mediaType(type) !== undefined, Panel: MediaPanel },
  { id: "messages", title: "Messages", isFor: () => true, Panel: MessagesPanel },
  { id: "read", title: "Read", isFor: (kind) => kind !== "binary", Panel: ReadingPanel },
  { id: "state", title: "State", isFor: (kind) => kind === "json", Panel: StatePanel },
  { id: "producers", title: "Producers", isFor: () => true, Panel: ProducersPanel },
  { id: "forks", title: "Forks", isFor: () => true, Panel: ForksPanel },
  { id: "wire", title: "Wire", isFor: () => true, Panel: WirePanel },
];
