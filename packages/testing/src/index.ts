export { runs } from "./effort.ts";
export { Random } from "./random.ts";
export { replayOf, Seeds } from "./seeds.ts";
export { wholeNumberFrom } from "./whole-number.ts";
