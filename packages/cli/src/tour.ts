/** The tour: four curl commands that show what a durable stream is. The README shows the same ones. */

export interface TourStep {
  readonly title: string;
  readonly command: string;
}

/** The steps against a server, ready to be typed into a shell as they are. */
export function tour(origin: string): readonly TourStep[] {
  const url = `${origin}/v1/stream/tour`;
  return [
    { title: "Create a stream", command: `curl -i -X PUT ${url} -H 'Content-Type: text/plain'` },
    {
      title: "Append to it",
      command: `curl -i -X POST ${url} -H 'Content-Type: text/plain' -d 'Hello, stream'`,
    },
    { title: "Read it from the beginning", command: `curl -i '${url}?offset=-1'` },
    { title: "Tail it live (append in another terminal)", command: `curl -N '${url}?offset=-1&live=sse'` },
  ];
}
