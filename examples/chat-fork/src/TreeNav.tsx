import { agentOf } from "../shared/agents.ts";
import type { Branch } from "../shared/branch.ts";
import { AgentMark } from "./AgentMark.tsx";
import type { TreeNode } from "./tree.ts";

interface TreeNavProps {
  readonly root: TreeNode;
  readonly open: readonly string[];
  /** On a phone it lies over the branches. */
  readonly isShown: boolean;
  readonly onOpen: (id: string) => void;
  readonly onDelete: (branch: Branch) => void;
  readonly onNew: () => void;
  readonly onClose: () => void;
}

/** The tree of branches. */
export function TreeNav({ root, open, isShown, onOpen, onDelete, onNew, onClose }: TreeNavProps) {
  const rest = { open, onOpen, onDelete };
  return (
    <>
      {isShown && <button type="button" className="veil" aria-label="Close the tree" onClick={onClose} />}
      <nav className={isShown ? "sidebar open" : "sidebar"} aria-label="Branches">
        <p className="brand">
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 15V9M8 9C8 5 3 6 3 2M8 9c0-4 5-3 5-7" />
          </svg>
          Perennial forks
        </p>
        <button type="button" className="new" onClick={onNew}>
          New conversation
        </button>
        <ul className="tree">
          <Node node={root} {...rest} />
        </ul>
        {root.children.length === 0 && (
          <p className="hint">Point at a message and fork there: its branches will hang here.</p>
        )}
      </nav>
    </>
  );
}

type NodeProps = { readonly node: TreeNode } & Pick<TreeNavProps, "open" | "onOpen" | "onDelete">;

function Node({ node: { branch, isRunning, children }, ...rest }: NodeProps) {
  const { open, onOpen, onDelete } = rest;
  const { name } = agentOf(branch.agent);
  const title = branch.title || (branch.from ? "New branch" : "New conversation");
  return (
    <li>
      <div className="twig">
        <button
          type="button"
          className="row"
          aria-current={open.includes(branch.id) || undefined}
          onClick={() => onOpen(branch.id)}
        >
          <AgentMark id={branch.agent} isRunning={isRunning} />
          <span className="title">{title}</span>
          <span className="agent">{isRunning ? `${name} is writing` : name}</span>
        </button>
        {branch.from && (
          <button
            type="button"
            className="icon"
            aria-label={`Delete the branch ${title} of the ${name}`}
            onClick={() => onDelete(branch)}
          >
            ×
          </button>
        )}
      </div>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Node key={child.branch.id} node={child} {...rest} />
          ))}
        </ul>
      )}
    </li>
  );
}
