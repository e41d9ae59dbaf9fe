import { DurableStream } from "@perennial/client";
import { useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { reasonOf } from "../server/reason.ts";
import { useStreamView } from "../stream/stream-view.ts";

export interface Append {
  /** Why the last append was refused, or is not known to have succeeded. */
  readonly failure: string | undefined;
  readonly isUnderWay: boolean;
  /** Appends a body. Resolves with whether it is stored. */
  readonly append: (body: string | Uint8Array<ArrayBuffer>) => Promise<boolean>;
  readonly forgetFailure: () => void;
}

/** Appends to the stream that is shown. */
export function useAppend(): Append {
  const { feed } = useStreamView();
  const { contentType } = useFeed(feed);
  const [failure, setFailure] = useState<string>();
  const [isUnderWay, setUnderWay] = useState(false);
  const append = async (body: string | Uint8Array<ArrayBuffer>): Promise<boolean> => {
    setUnderWay(true);
    setFailure(undefined);
    try {
      // Not repeated when its answer is lost: nobody knows then whether it is stored, and the list shows it.
      const backoffOptions = { maxRetries: 0 };
      await new DurableStream({ url: feed.url, contentType, warnOnHttp: false, backoffOptions }).append(body);
      return true;
    } catch (error) {
      setFailure(reasonOf(error));
      return false;
    } finally {
      setUnderWay(false);
    }
  };
  return { failure, isUnderWay, append, forgetFailure: () => setFailure(undefined) };
}
