/** A real S3 server, versitygw, over a directory: where it is installed (`go install`), or named by `PERENNIAL_VERSITYGW`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const places = [...(process.env.PATH ?? "").split(delimiter), join(homedir(), "go", "bin")];

/** The program; undefined: it is not on this machine. */
export const VERSITYGW: string | undefined = [
  process.env.PERENNIAL_VERSITYGW ?? "",
  ...places.map((place) => join(place, "versitygw")),
].find((path) => path !== "" && existsSync(path));

export interface RunningVersitygw {
  /** In which it is found, with credentials that it takes. */
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts it with empty buckets of these names; resolves when it answers. */
export async function startVersitygw(...buckets: string[]): Promise<RunningVersitygw> {
  const root = await mkdtemp(join(tmpdir(), "perennial-versitygw-"));
  for (const bucket of buckets) await mkdir(join(root, "data", bucket), { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const [user, secret] = ["tester", "never-told"];
  const child = spawn(VERSITYGW!, ["--port", address, "posix", join(root, "data")], {
    stdio: "ignore",
    env: { ...process.env, ROOT_ACCESS_KEY: user, ROOT_SECRET_KEY: secret },
  });
  const ended = once(child, "exit");
  const url = `http://${address}`;
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    environment: { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: secret },
    stop: async () => {
      child.kill();
      await ended;
      await rm(root, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
