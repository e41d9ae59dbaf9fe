import { isDocumentKey } from "../../shared/places.ts";
import { knownPerson, type Person, rememberPerson } from "../person.ts";

interface Props {
  readonly document: string;
  readonly onOpen: (person: Person, key: string) => void;
}

/** Asks who it is, and for which document. */
export function Landing({ document, onOpen }: Props) {
  const submit = (data: FormData): void => {
    const name = String(data.get("name")).trim();
    const key = keyOf(String(data.get("document")));
    if (name !== "" && isDocumentKey(key)) onOpen(rememberPerson(name), key);
  };
  return (
    <main className="landing">
      <form action={submit}>
        <h1>Write together</h1>
        <p>
          A document for several people and an agent. It lives in a durable stream, so nothing you type is
          lost.
        </p>
        <label>
          Your name
          <input
            name="name"
            required
            maxLength={40}
            autoComplete="nickname"
            defaultValue={knownPerson()?.name}
          />
        </label>
        <label>
          Document
          <input name="document" required maxLength={60} defaultValue={document} autoCapitalize="none" />
        </label>
        <button type="submit" className="primary">
          Open
        </button>
      </form>
    </main>
  );
}

/** A name as part of an address. */
function keyOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}
