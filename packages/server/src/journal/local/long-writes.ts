/**
 * How much of long records may be on its way to the disk at once. All that is accepted becomes durable in its order, so whoever
 * appends waits for all that was accepted before; without this, a few clients that send a megabyte each would make
 * everybody wait for dozens of them.
 */
import type { StreamRecord } from "../../stream/records.ts";
import type { Permit } from "../contract/index.ts";
import type { Budget, BudgetLimits } from "./budget.ts";
import type { Slabs } from "./slabs.ts";
import { WaitingLine } from "./waiting-line.ts";

/** The disk takes so much in some 20 ms. */
const UNWRITTEN_BYTES_MAX = 4 * 1024 * 1024;

interface Waiter {
  readonly byteLength: number;
  readonly enter: () => void;
}

/** Whether a record is long. A body that was let in as short may become longer by a comma. */
export function isLong(record: StreamRecord, shortBytes: number): boolean {
  const mayHoldData = record.kind === "append" || record.kind === "create";
  return mayHoldData && record.data.byteLength > shortBytes + 1;
}

export class LongWrites {
  readonly #budget: Pick<Budget, "admit">;
  readonly #shortBytes: number;
  readonly #slabs: Pick<Slabs, "longBytesFrom">;
  readonly #writtenTo: () => number;
  readonly #waiting = new WaitingLine<Waiter>();

  /**
   * @param limits records that are short by these never wait here
   * @param budget asked when it is a record's turn
   * @param slabs hold what is accepted
   * @param writtenTo all before this log position is written
   */
  constructor(
    { shortBytes }: Pick<BudgetLimits, "shortBytes">,
    budget: Pick<Budget, "admit">,
    slabs: Pick<Slabs, "longBytesFrom">,
    writtenTo: () => number,
  ) {
    this.#budget = budget;
    this.#shortBytes = shortBytes;
    this.#slabs = slabs;
    this.#writtenTo = writtenTo;
  }

  /** Bytes of long records that are accepted and not written yet. */
  get #unwritten(): number {
    return this.#slabs.longBytesFrom(this.#writtenTo());
  }

  /** As `Log.admit`. */
  admit(byteLength: number): Promise<Permit> | undefined {
    const isAtOnce =
      byteLength <= this.#shortBytes ||
      (this.#waiting.head === undefined && this.#fits(byteLength, this.#unwritten));
    if (isAtOnce) return this.#budget.admit(byteLength);
    return new Promise((resolve) => {
      const enter = (): void => resolve(this.#budget.admit(byteLength) ?? { byteLength, release: () => {} });
      this.#waiting.push({ byteLength, enter });
    });
  }

  /** More is written: lets in those whose turn it is. */
  letIn(): void {
    if (this.#waiting.head === undefined) return;
    let unwritten = this.#unwritten;
    for (let head = this.#waiting.head; head !== undefined; head = this.#waiting.head) {
      if (!this.#fits(head.byteLength, unwritten)) return;
      unwritten += head.byteLength;
      this.#waiting.take().enter();
    }
  }

  /** Lets everybody in, to be refused for another reason. */
  letAllIn(): void {
    while (this.#waiting.head !== undefined) this.#waiting.take().enter();
  }

  /** One of any size gets in when there is no other. */
  #fits(byteLength: number, unwritten: number): boolean {
    return unwritten === 0 || unwritten + byteLength <= UNWRITTEN_BYTES_MAX;
  }
}
