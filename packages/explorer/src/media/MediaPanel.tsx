import { useEffect, useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { formatBytes } from "../format/sizes.ts";
import { reasonOf } from "../server/reason.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { MEDIA_BYTES, mediaType, readMedia } from "./read-media.ts";
import "./media.css";

/** A picture, a sound or a film, up to the position that is looked at. */
export function MediaPanel() {
  const { feed, at } = useStreamView();
  const { contentType = "", end, status } = useFeed(feed);
  const length = Math.min(at ?? end, end);
  const isOnTheWay = status === "connecting" || status === "catching-up";
  const { url, failure } = useMedia(feed.url, contentType, isOnTheWay ? 0 : length);
  if (failure !== undefined) return <p className="panel-note error">{failure}</p>;
  if (length > MEDIA_BYTES)
    return (
      <p className="panel-note soft">
        {formatBytes(length)} are too much to show here. The rows and the download have them all.
      </p>
    );
  if (url === undefined)
    return (
      <p className="panel-note soft">
        {length === 0 && !isOnTheWay ? "Nothing has been written yet." : "Reading…"}
      </p>
    );
  return (
    <div className="media">
      <Media type={mediaType(contentType)} url={url} />
    </div>
  );
}

function Media({ type, url }: { readonly type: string | undefined; readonly url: string }) {
  const [brokenUrl, setBroken] = useState<string>();
  if (brokenUrl === url)
    return <p className="soft">The browser cannot show these bytes. They may not be all there yet.</p>;
  const props = { src: url, onError: () => setBroken(url) };
  if (type === "audio") return <audio controls {...props} />;
  if (type === "video") return <video controls {...props} />;
  return <img alt="What the stream holds" {...props} />;
}

/** Between what has grown and the next look at it, ms: each reads it all. */
const PAUSE_MS = 500;

/** The bytes up to a length as an address that elements take. */
function useMedia(streamUrl: string, contentType: string, length: number) {
  const [media, setMedia] = useState<{ readonly url?: string; readonly failure?: string }>({});
  useEffect(() => {
    if (length === 0 || length > MEDIA_BYTES) return setMedia({});
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => {
      readMedia(streamUrl, contentType, length, signal).then(
        (blob) => !signal.aborted && setMedia({ url: URL.createObjectURL(blob) }),
        (error: unknown) => !signal.aborted && setMedia({ failure: reasonOf(error) }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [streamUrl, contentType, length]);
  useEffect(() => () => URL.revokeObjectURL(media.url ?? ""), [media]);
  return media;
}
