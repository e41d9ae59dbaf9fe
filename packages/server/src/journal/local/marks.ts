/**
 * Where some of the data records of a stream are: pairs of stream position and log position, ascending, in one list of
 * numbers.
 */

/** The index of the first mark at or after a position of the stream; the count of marks if there is none. */
export function firstMarkFrom(marks: readonly number[], position: number): number {
  let low = 0;
  let high = marks.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (marks[middle * 2]! >= position) high = middle;
    else low = middle + 1;
  }
  return low;
}
