/** Files of dropped segments that are kept to be used again. */
import type { Disk } from "./disk.ts";
import { type OnTrouble, segmentName } from "./segment.ts";

/** More are removed. */
const SPARES_MAX = 2;

export class Spares {
  readonly #disk: Disk;
  readonly #onTrouble: OnTrouble;
  /** Numbers of segments. */
  readonly #numbers: number[] = [];
  #keeps = true;

  constructor(disk: Disk, onTrouble: OnTrouble) {
    this.#disk = disk;
    this.#onTrouble = onTrouble;
  }

  /** The number of one, which is then the caller's. */
  take(): number | undefined {
    return this.#numbers.pop();
  }

  /** Keeps the file of a segment, or removes it. */
  async keep(number: number): Promise<void> {
    if (this.#keeps && this.#numbers.length < SPARES_MAX) this.#numbers.push(number);
    else await this.#disk.remove(segmentName(number));
  }

  /** The disk has room again. */
  keepAgain(): void {
    this.#keeps = true;
  }

  /** The disk is full: all are removed, and no more are kept until `keepAgain`. */
  giveUp(): void {
    this.#keeps = false;
    for (const number of this.#numbers.splice(0)) {
      this.#disk
        .remove(segmentName(number))
        .catch((error: unknown) => this.#onTrouble("removing a spare segment", error));
    }
  }
}
