/** What a new installation shows first. */
import { MarkdownReader } from "../document/markdown.ts";
import { DocumentWriter } from "../document/writer.ts";
import { AgentPeer } from "./peer.ts";

const TEXT = `# Welcome

This is a document that several people and an agent can write at the same time. It lives in a **durable stream**: close the page, cut the connection, stop the server, and go on where you were.

## Try this

- Open this page in a second window, and type in both.
- Select a sentence and ask the agent to *rewrite* it, or ask it to *write about gardens*, and go on typing while it writes.
- Let it only suggest, and accept or reject what it did.
- Select a few words and comment on them.
`;

/** Writes a first document, unless there is one under that name. */
export async function writeWelcome(origin: string, key: string): Promise<void> {
  const peer = new AgentPeer(origin, key);
  await peer.open();
  const { fragment } = peer;
  if (fragment.length === 0)
    peer.edit("welcome", () => {
      const reader = new MarkdownReader(
        new DocumentWriter({ fragment, at: undefined, suggestedBy: undefined }),
      );
      reader.push(TEXT);
      reader.end();
    });
  await peer.close();
}
