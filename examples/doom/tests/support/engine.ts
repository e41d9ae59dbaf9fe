import { loadEngine } from "../../server/engine-files.ts";
import { Doom, type Start } from "../../shared/engine/doom.ts";

const engine = loadEngine();

/** A game that begins. The engine has to be built: `node examples/doom/engine/build.mjs`. */
export function startGame(start: Start = { skill: 2, map: 1 }): Doom {
  if (engine === undefined) throw new Error("The engine is not built: node examples/doom/engine/build.mjs");
  return Doom.start(engine.module, engine.wad, start);
}
