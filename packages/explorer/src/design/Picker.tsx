import { type ReactNode, useId, useRef } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import "./picker.css";

interface Props {
  readonly icon: IconName;
  readonly label: string;
  /** Beside the label, such as how many are chosen. */
  readonly count?: number;
  readonly children: ReactNode;
}

/** Between the button and what it opens, pixels. */
const GAP = 4;

/** A button, and below it choices that stay open while one chooses. The browser puts them away at Escape or a click elsewhere. */
export function Picker({ icon, label, count = 0, children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const place = (): void => {
    const { right, bottom } = button.current!.getBoundingClientRect();
    const element = content.current!;
    element.style.top = `${bottom + GAP}px`;
    element.style.right = `${Math.max(GAP, innerWidth - right)}px`;
    element.style.maxHeight = `${innerHeight - bottom - 4 * GAP}px`;
  };
  return (
    <>
      <button ref={button} type="button" popoverTarget={id} aria-pressed={count > 0}>
        <Icon name={icon} />
        <span className="label">{label}</span>
        {count > 0 && <span className="picker-count">{count}</span>}
      </button>
      <div ref={content} id={id} popover="auto" className="picker" onBeforeToggle={place}>
        {children}
      </div>
    </>
  );
}
