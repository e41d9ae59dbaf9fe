import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PageIndex } from "../feed/page-index.ts";
import { type ActivitySource, activity, barsPath } from "./activity.ts";

function sourceOf(lengths: readonly number[]): ActivitySource {
  const index = new PageIndex();
  for (const length of lengths) index.append(index.end + length);
  const pages = Array.from({ length: index.pageCount }, (_, page) => index.page(page));
  return { pages, lastPageRows: lengths.slice(pages.at(-1)!.firstRow), rowCount: lengths.length };
}

describe("the histogram", () => {
  test("holds every byte once", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 800 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 200 }), (rows, buckets) => {
        const sum = activity(sourceOf(rows), buckets).reduce((total, bytes) => total + bytes, 0);
        expect(sum).toBeCloseTo(
          rows.reduce((total, length) => total + length, 0),
          3,
        );
      }),
    );
  });

  test("shows where much was written", () => {
    expect(activity(sourceOf([1, 1, 10, 10]), 2)).toEqual([2, 20]);
  });

  test("draws what stands out over the whole height, what is alike over half of it, and no bar for nothing", () => {
    const many = [...new Array<number>(63).fill(0), 4, 1];
    expect(barsPath(many)).toBe("M63.1 1v-1.000h0.8v1.000zM64.1 1v-0.500h0.8v0.500z");
    expect(barsPath([7, 7])).toBe("M0.483 1v-0.500h0.033v0.500zM1.483 1v-0.500h0.033v0.500z");
    expect(barsPath([0, 0])).toBe("");
  });
});
