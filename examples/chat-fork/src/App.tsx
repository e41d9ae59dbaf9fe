import { CopyLink } from "@perennial/example-chat-ai-sdk/page/CopyLink.tsx";
import { useSession } from "@perennial/example-chat-ai-sdk/page/use-session.ts";
import { useEffect, useMemo, useState } from "react";
import { agentOf } from "../shared/agents.ts";
import { type Branch, newId, trunkOf } from "../shared/branch.ts";
import { AgentMark } from "./AgentMark.tsx";
import { Column } from "./Column.tsx";
import { Objection } from "./Objection.tsx";
import { type Place, usePlace, withClosed, withOpen } from "./place.ts";
import { requestDelete } from "./requests.ts";
import { TreeNav } from "./TreeNav.tsx";
import { type Tree, treeFrom } from "./tree.ts";

export function App() {
  const [place, setPlace] = usePlace();
  const [isTreeShown, setTreeShown] = useState(false);
  const [objection, setObjection] = useState<string>();
  const { treeId, open } = place;
  const view = useSession<Branch>(`/api/tree/${treeId}`);
  const tree = useMemo(() => treeFrom(treeId, view), [treeId, view]);
  const shown = open.flatMap((id) => tree.branches.filter((branch) => branch.id === id));
  const bringIntoView = useIntoView(shown);

  const go = (to: Place, wanted?: string) => {
    setPlace(to);
    setTreeShown(false);
    bringIntoView(wanted);
  };
  const start = () => {
    const fresh = newId();
    go({ treeId: fresh, open: [trunkOf(fresh).id] });
  };
  const remove = async ({ id }: Branch) => {
    setPlace(withClosed(place, id));
    setObjection(await requestDelete(id));
  };
  return (
    <div className="app">
      <TreeNav
        {...{ root: tree.root, open, isShown: isTreeShown, onNew: start }}
        onOpen={(id) => go(withOpen(place, [id]), id)}
        onDelete={(branch) => void remove(branch)}
        onClose={() => setTreeShown(false)}
      />
      <main className="forks">
        <Bar tree={tree} place={place} isTreeShown={isTreeShown} onTree={() => setTreeShown(true)} />
        <Objection text={objection} />
        <Tabs branches={shown} onOpen={bringIntoView} />
        <Columns {...{ tree, place, shown, go }} />
      </main>
    </div>
  );
}

/** Brings a column into view, once it is there. */
function useIntoView(shown: readonly Branch[]): (id: string | undefined) => void {
  const [wanted, setWanted] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a column that is wanted may come a moment later
  useEffect(() => {
    const column = wanted === undefined ? null : document.getElementById(wanted);
    if (column === null) return;
    column.scrollIntoView({ inline: "nearest", block: "nearest" });
    setWanted(undefined);
  }, [wanted, shown]);
  return setWanted;
}

interface BarProps {
  readonly tree: Tree;
  readonly place: Place;
  readonly isTreeShown: boolean;
  readonly onTree: () => void;
}

function Bar({ tree, place, isTreeShown, onTree }: BarProps) {
  return (
    <header className="bar">
      <button type="button" className="menu" aria-expanded={isTreeShown} onClick={onTree}>
        Branches
      </button>
      <h1>{tree.root.branch.title || "New conversation"}</h1>
      <CopyLink key={place.open.join()} />
    </header>
  );
}

interface ColumnsProps {
  readonly tree: Tree;
  readonly place: Place;
  readonly shown: readonly Branch[];
  readonly go: (to: Place, wanted?: string) => void;
}

/** The branches that are open, side by side. */
function Columns({ tree, place, shown, go }: ColumnsProps) {
  return (
    <div className="columns">
      {shown.map((branch) => (
        <Column
          key={branch.id}
          {...{ treeId: place.treeId, tree, branch }}
          isAlone={shown.length === 1}
          onOpen={(ids) => go(withOpen(place, ids, branch.id), ids[0])}
          onClose={() => go(withClosed(place, branch.id))}
        />
      ))}
      {tree.view !== undefined && shown.length === 0 && <p className="hint">This branch was deleted.</p>}
    </div>
  );
}

interface TabsProps {
  readonly branches: readonly Branch[];
  readonly onOpen: (id: string) => void;
}

/** On a phone one branch is seen at a time. */
function Tabs({ branches, onOpen }: TabsProps) {
  if (branches.length < 2) return null;
  return (
    <div className="tabs">
      {branches.map(({ id, agent }) => (
        <button key={id} type="button" className="chip" onClick={() => onOpen(id)}>
          <AgentMark id={agent} />
          {agentOf(agent).name}
        </button>
      ))}
    </div>
  );
}
