/** To the first and the next page of a list that comes in pages. */
export function PageButtons({
  after,
  next,
  onGo,
}: {
  /** Where the page shown begins; empty for the first. */
  readonly after: string;
  /** Where the next one begins, if there is one. */
  readonly next: string | undefined;
  readonly onGo: (after: string) => void;
}) {
  return (
    <>
      {after !== "" && (
        <button type="button" onClick={() => onGo("")}>
          First page
        </button>
      )}
      {next !== undefined && (
        <button type="button" onClick={() => onGo(next)}>
          Next page
        </button>
      )}
    </>
  );
}
