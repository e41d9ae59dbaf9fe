import { CopyButton } from "../design/CopyButton.tsx";
import { streamUrl } from "../server/address.ts";

/** What to do with a server that has no streams yet: two commands. */
export function FirstSteps() {
  const url = streamUrl("hello");
  const commands = `curl -X PUT ${url} -H 'Content-Type: application/json'
curl -X POST ${url} -H 'Content-Type: application/json' -d '{"text": "Hello"}'
`;
  return (
    <section className="first-steps">
      <header className="overview-head">
        <h2>The first stream</h2>
        <CopyButton label="Copy" text={() => commands} />
      </header>
      <div className="first-commands">
        <pre>{commands}</pre>
      </div>
      <p className="soft">It shows here as soon as it is there.</p>
    </section>
  );
}
