interface Props {
  readonly label: string;
  readonly onText: (text: string) => void;
}

/** One line of text, and a button. */
export function TextForm({ label, onText }: Props) {
  const submit = (data: FormData): void => {
    const text = String(data.get("text")).trim();
    if (text !== "") onText(text);
  };
  return (
    <form action={submit}>
      <input name="text" aria-label={label} placeholder={label} autoComplete="off" />
      <button type="submit">Add</button>
    </form>
  );
}
