/**
 * Type-level proof that the specifier is all a user has to change. Nothing here runs; `npm run types` checks it.
 */
import type * as official from "@durable-streams/state/db";
import type * as ours from "../src/db.ts";

/** Fails to compile unless `Ours` can stand where `Theirs` is expected. */
function standsFor<Theirs, _Ours extends Theirs>(): void {}

interface User {
  id: string;
  name: string;
}
type Definitions = { users: official.CollectionDefinition<User> };

/** The wire: each is the other. */
standsFor<official.StateEvent<User>, ours.StateEvent<User>>();
standsFor<ours.StateEvent<User>, official.StateEvent<User>>();
standsFor<official.Operation, ours.Operation>();
standsFor<ours.Operation, official.Operation>();
standsFor<official.Value<Date>, ours.Value<Date>>();
standsFor<ours.Row, official.Row>();

/** Definitions go in, helpers come out. */
standsFor<ours.CollectionDefinition<User>, official.CollectionDefinition<User>>();
standsFor<official.CollectionWithHelpers<User>, ours.CollectionWithHelpers<User>>();
standsFor<official.StateSchema<Definitions>, ours.StateSchema<Definitions>>();
standsFor<typeof official.createStateSchema, typeof ours.createStateSchema>();
standsFor<typeof official.isChangeEvent, typeof ours.isChangeEvent>();
standsFor<typeof official.isControlEvent, typeof ours.isControlEvent>();
standsFor<Pick<official.MaterializedState, keyof official.MaterializedState>, ours.MaterializedState>();

/** The database. */
standsFor<official.StreamDB<Definitions>["collections"], ours.StreamDB<Definitions>["collections"]>();
standsFor<Omit<official.StreamDBMethods, "stream">, ours.StreamDBMethods>();
standsFor<official.StreamDBUtils, ours.StreamDBUtils>();
standsFor<official.ActionDefinition<User>, ours.ActionDefinition<User>>();
standsFor<ours.ActionDefinition<User>, official.ActionDefinition<User>>();
standsFor<
  official.ActionMap<{ add: official.ActionDefinition }>,
  ours.ActionMap<{ add: ours.ActionDefinition }>
>();
standsFor<typeof official.getStreamDBCollectionId, typeof ours.getStreamDBCollectionId>();
type OptionsBut<T> = Omit<T, "stream" | "streamOptions" | "state" | "actions">;
standsFor<OptionsBut<ours.CreateStreamDBOptions>, OptionsBut<official.CreateStreamDBOptions>>();
