import type { AddressInfo } from "node:net";

/** What listens on the server's port. */
export interface ListeningDoor {
  /** Starts to listen. Rejects when the address is taken or not ours. */
  listen(): Promise<AddressInfo>;
  /** Stops to listen; resolves when all connections are done, which are cut after `drainMs`. */
  close(): Promise<void>;
}
