import { useNewStream } from "../creating/NewStreamProvider.tsx";
import { CopyButton } from "../design/CopyButton.tsx";
import { streamUrl } from "../server/address.ts";

/** What to do with a server that has no streams yet: make one here, or by two commands. */
export function FirstSteps() {
  const openNewStream = useNewStream();
  const url = streamUrl("hello");
  const commands = `curl -X PUT ${url} -H 'Content-Type: application/json'
curl -X POST ${url} -H 'Content-Type: application/json' -d '{"text": "Hello"}'
`;
  return (
    <section className="first-steps">
      <header className="overview-head">
        <h2>The first stream</h2>
        <button type="button" className="primary" onClick={() => openNewStream()}>
          New stream…
        </button>
      </header>
      <div className="overview-head">
        <p className="soft">Or from a terminal; it shows here as soon as it is there.</p>
        <CopyButton label="Copy" text={() => commands} />
      </div>
      <div className="first-commands">
        <pre>{commands}</pre>
      </div>
    </section>
  );
}
