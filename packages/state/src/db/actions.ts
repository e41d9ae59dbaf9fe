import type { DurableStream } from "@perennial/client";
import { createOptimisticAction } from "@tanstack/db";
import type { StreamStateDefinition } from "../schema/definition.ts";
import type { StreamDB } from "./stream-db.ts";

/**
 * The parameters of an application's function, where the application did not name their type: what it says about them
 * is taken on trust, as from `JSON.parse`.
 */
export type Untyped = ReturnType<typeof JSON.parse>;

/** An action: what it changes at once, and how that is made true. */
export interface ActionDefinition<TParams = Untyped, TContext = Untyped> {
  /** Changes collections at once, optimistically. Must not be asynchronous. */
  onMutate: (params: TParams) => void;
  /**
   * Makes the change true: appends events, or asks a backend that does. Wait inside for the change to come back
   * (`awaitTxId`), or the optimistic row vanishes until it does. A rejection takes the optimistic change back.
   */
  mutationFn: (params: TParams, context: TContext) => Promise<Untyped>;
}

/** Actions by name. */
export type ActionDefinitions = Record<string, ActionDefinition<Untyped>>;

/** Makes the actions of a database, which it gets without them, together with its stream. */
export type ActionFactory<
  TDef extends StreamStateDefinition,
  TActions extends ActionDefinitions,
> = (context: { db: StreamDB<TDef>; stream: DurableStream }) => TActions;

/** What an application calls: each action returns a TanStack transaction at once. */
export type ActionMap<TActions extends ActionDefinitions> = {
  [K in keyof TActions]: ReturnType<typeof createOptimisticAction<Untyped>>;
};

/** Turns definitions into callable actions. */
export function createActions<TActions extends ActionDefinitions>(
  definitions: TActions,
): ActionMap<TActions> {
  const entries = Object.entries(definitions).map(([name, { onMutate, mutationFn }]) => [
    name,
    createOptimisticAction<Untyped>({ onMutate, mutationFn }),
  ]);
  return Object.fromEntries(entries) as ActionMap<TActions>;
}
