/** An offset. Its digits stand out from the zeros before them. */
export function Offset({ offset }: { readonly offset: string }) {
  const zeros = /^[0_]*/.exec(offset)![0].length;
  return (
    <code className="offset">
      {offset.slice(0, zeros)}
      <b>{offset.slice(zeros)}</b>
    </code>
  );
}
