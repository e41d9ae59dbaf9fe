/** What the server objects to, if it does. */
export function Objection({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p className="failure" role="alert">
      {text}
    </p>
  );
}
