import { useState } from "react";
import type { TreeRow } from "../catalog/tree-rows.ts";
import { formatCount } from "../format/sizes.ts";
import { DeleteManyDialog } from "./DeleteManyDialog.tsx";

/** How many streams a search has found, and what can be done with all of them. */
export function FoundStreams({ rows }: { readonly rows: readonly TreeRow[] }) {
  // What is found while the dialog is open was not agreed to.
  const [doomed, setDoomed] = useState<readonly string[]>();
  const paths = rows.filter(({ kind }) => kind === "stream").map(({ path }) => path);
  return (
    <>
      {paths.length > 0 && (
        <p className="found-streams small soft">
          {formatCount(paths.length)} found
          <button type="button" className="quiet small" onClick={() => setDoomed(paths)}>
            Delete {formatCount(paths.length)}…
          </button>
        </p>
      )}
      {doomed !== undefined && <DeleteManyDialog paths={doomed} onClose={() => setDoomed(undefined)} />}
    </>
  );
}
