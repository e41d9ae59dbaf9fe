import fc from "fast-check";
import { expect, test } from "vitest";
import { PageIndex } from "./page-index.ts";

test("every row and position is in the page that says so, and pages follow without gaps", () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(70_000)), {
    maxLength: 1500,
  });
  fc.assert(
    fc.property(lengths, (rows) => {
      const index = new PageIndex();
      const ends: number[] = [];
      for (const length of rows) {
        index.append(index.end + length);
        ends.push(index.end);
      }
      let row = 0;
      for (let page = 0; page < index.pageCount; page++) {
        const { position, end, firstRow, rowCount } = index.page(page);
        expect([position, firstRow]).toEqual([ends[row - 1] ?? 0, row]);
        expect(rowCount).toBeLessThanOrEqual(256);
        row += rowCount;
        expect(end).toBe(ends[row - 1] ?? 0);
      }
      expect(row).toBe(rows.length);
      ends.forEach((end, number) => {
        const page = index.page(index.pageOfRow(number));
        expect(number - page.firstRow).toBeLessThan(page.rowCount);
        expect(index.pageAt(end - 1)).toBe(index.pageOfRow(number));
      });
    }),
    { numRuns: 30 },
  );
});

test("a million rows cost some thousand pages", () => {
  const index = new PageIndex();
  for (let row = 0; row < 1_000_000; row++) index.append(index.end + 100);
  expect(index.pageCount).toBeLessThan(4000);
});
