/** The doors to one set of operations. A suite that is written against `Door` runs through each of them. */
import { createServer, type DurableStreamsServer, type ServerOptions } from "@perennial/server";
import { bridge } from "../fetch-bridge.ts";

export interface OpenDoor {
  /** The origin, without a slash at the end. */
  readonly url: string;
  readonly server: DurableStreamsServer;
  close(): Promise<void>;
}

export interface Door {
  readonly name: string;
  open(options?: ServerOptions): Promise<OpenDoor>;
}

function listeningDoor(name: string, http: "node" | "fast"): Door {
  return {
    name,
    async open(options) {
      const server = createServer({ port: 0, http, stopGraceMs: 0, ...options });
      await server.start();
      return { url: server.url, server, close: () => server.stop() };
    },
  };
}

export const nodeDoor = listeningDoor("node:http", "node");
export const fastLane = listeningDoor("the fast lane", "fast");

export const fetchDoor: Door = {
  name: "fetch",
  async open(options) {
    const server = createServer(options);
    const socket = await bridge((request) => server.fetch(request));
    return {
      url: socket.url,
      server,
      close: async () => {
        await server.stop();
        await socket.close();
      },
    };
  },
};

export const DOORS: readonly Door[] = [nodeDoor, fastLane, fetchDoor];
