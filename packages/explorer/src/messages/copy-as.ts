/** A place in a stream as something to paste: a command or a program that reads from there. */
import { STREAM_NEXT_OFFSET } from "@perennial/protocol";

export interface Place {
  /** The stream's address. */
  readonly url: string;
  readonly offset: string;
  readonly isJson: boolean;
}

/** A command for a shell. */
export function asCurl({ url, offset }: Place): string {
  return `curl ${shellQuoted(`${url}?offset=${offset}`)}`;
}

/** A module that reads from there and follows. */
export function asTypeScript({ url, offset, isJson }: Place): string {
  const [method, what] = isJson ? ["subscribeJson", "items"] : ["subscribeText", "text"];
  return `import { stream } from "@perennial/client";

const response = await stream({
  url: ${JSON.stringify(url)},
  offset: ${JSON.stringify(offset)},
  live: "sse",
});
response.${method}(({ ${what} }) => console.log(${what}));
await response.closed;
`;
}

/** A script that reads from there, with Python's own library. */
export function asPython({ url, offset, isJson }: Place): string {
  const [imports, show] = isJson
    ? [
        "import json\nfrom urllib.request import urlopen",
        "for message in json.load(response):\n        print(message)",
      ]
    : ["from urllib.request import urlopen", "print(response.read())"];
  return `${imports}

with urlopen(${JSON.stringify(`${url}?offset=${offset}`)}) as response:
    ${show}
    print("next offset:", response.headers["${STREAM_NEXT_OFFSET}"])
`;
}

/** One word for a POSIX shell, whatever it holds. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
