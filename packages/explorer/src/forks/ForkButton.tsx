import { useState } from "react";
import { Icon } from "../design/Icon.tsx";
import { reasonOf } from "../server/reason.ts";
import { useFork } from "./use-fork.ts";

/** Makes a fork that shares everything up to a position. */
export function ForkButton({ position }: { readonly position: number }) {
  const fork = useFork();
  const [failure, setFailure] = useState<string>();
  const onClick = (): void => {
    setFailure(undefined);
    fork(position).catch((error: unknown) => setFailure(reasonOf(error)));
  };
  return (
    <>
      <button
        type="button"
        className="primary small"
        data-hotkey="fork"
        title="Fork here (b)"
        onClick={onClick}
      >
        <Icon name="fork" />
        Fork here
      </button>
      {failure !== undefined && (
        <span className="small error" role="alert">
          {failure}
        </span>
      )}
    </>
  );
}
