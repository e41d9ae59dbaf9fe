import type { ControlEvent, StateEvent } from "../protocol/events.ts";
import type { EntityKeys } from "./fold.ts";

type Entities = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/**
 * The messages that rebuild a state from nothing, in an order that depends on the state alone: two readers of the same
 * messages write the same.
 *
 * While a snapshot is open in the stream, the entities that it has mentioned come last, after a snapshot-start of
 * their own: its end, still to come, then removes the same entities from a rebuilt state.
 */
export function* stateEvents(
  types: Entities,
  mentioned: EntityKeys | undefined,
  offset: string | undefined,
): Generator<StateEvent> {
  const isMentioned = (type: string, key: string) => mentioned?.get(type)?.has(key) === true;
  yield control("snapshot-start", offset);
  yield* upserts(types, (type, key) => !isMentioned(type, key));
  yield control("snapshot-end", offset);
  if (mentioned === undefined) return;
  yield control("snapshot-start", undefined);
  yield* upserts(types, isMentioned);
}

function* upserts(types: Entities, wanted: (type: string, key: string) => boolean): Generator<StateEvent> {
  for (const type of [...types.keys()].sort()) {
    const entities = types.get(type)!;
    for (const key of [...entities.keys()].sort()) {
      if (!wanted(type, key)) continue;
      yield { type, key, value: entities.get(key), headers: { operation: "upsert" } };
    }
  }
}

function control(control: ControlEvent["headers"]["control"], offset: string | undefined): ControlEvent {
  return { headers: offset === undefined ? { control } : { control, offset } };
}
