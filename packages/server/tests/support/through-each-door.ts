/** The frame of a behavioural suite: one server per door, shared by the suite's tests. */
import type { ServerOptions } from "@perennial/server";
import { afterAll, beforeAll, describe } from "vitest";
import { DOORS, type Door, type OpenDoor } from "../doors/doors.ts";
import { Http } from "./http.ts";

/** What the tests of a suite work with; there once they run. */
export interface Suite {
  readonly http: Http;
  readonly open: OpenDoor;
  readonly door: Door;
  readonly clock: Clock;
  /** A stream name that no other test has. */
  name(): string;
}

/** A clock that stands still until it is moved. */
export class Clock {
  now = Date.UTC(2030, 0, 1);
  readonly read = (): number => this.now;

  advance(ms: number): void {
    this.now += ms;
  }
}

/**
 * Runs `suite` through each door.
 *
 * @param options of the server; the clock is used if they say so
 */
export function throughEachDoor(
  title: string,
  suite: (s: Suite) => void,
  options: (clock: Clock) => ServerOptions = () => ({}),
): void {
  describe.each(DOORS)(`${title}, through $name`, (door) => {
    const clock = new Clock();
    let count = 0;
    let open: OpenDoor | undefined;
    let http: Http | undefined;

    beforeAll(async () => {
      open = await door.open(options(clock));
      http = new Http(open.url);
    });

    afterAll(() => open?.close());

    suite({
      door,
      clock,
      get http() {
        return http!;
      },
      get open() {
        return open!;
      },
      name() {
        count += 1;
        return `s${count}`;
      },
    });
  });
}
