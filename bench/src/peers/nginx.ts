import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { hasProgram } from "./programs.ts";

/** The ceiling: nginx answering 204 to everything. What it reaches is what the load can drive. */
export const nginxPeer: Peer = {
  name: "nginx",
  description: "nginx answering 204 to everything: the ceiling of the load generator",
  durable: false,
  ceiling: true,
  prepare: async () =>
    hasProgram("nginx", "-v") ? undefined : "needs nginx (Debian: apt-get install nginx-light)",
  command: ({ port, dataDirectory }) => {
    const file = join(dataDirectory, "nginx.conf");
    writeFileSync(file, configuration(port, dataDirectory));
    return ["nginx", "-c", file, "-p", dataDirectory, "-e", "stderr"];
  },
  streamRoot: "/v1/stream/",
};

function configuration(port: number, directory: string): string {
  return `daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr crit;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location / { return 204; }
  }
}
`;
}
