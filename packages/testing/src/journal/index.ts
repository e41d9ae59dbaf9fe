/** Stand-ins for logs, machines and media, and the suites that every log must pass. */
export { ColdLog } from "./cold-log.ts";
export {
  type CheckpointingLog,
  describeDurableLogContract,
  type OpenStore,
} from "./durable-log-contract.ts";
export { describeLogContract } from "./log-contract.ts";
export { ManualLog } from "./manual-log.ts";
export { bytes, Model, type ModelRecord } from "./model.ts";
export { PLAIN_CREATION, PLAIN_SETTINGS } from "./plain-settings.ts";
export { SimulatedMachine, type Trouble } from "./simulated-machine.ts";
export { SimulatedFile, SimulatedMedia } from "./simulated-media.ts";
