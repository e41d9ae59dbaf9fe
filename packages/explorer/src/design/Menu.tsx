import { useId, useRef } from "react";
import { Icon } from "./Icon.tsx";
import "./menu.css";

export interface MenuItem {
  readonly label: string;
  /** Whether it destroys something. */
  readonly isDanger?: boolean;
  readonly onChoose: () => void;
}

interface Props {
  /** What the button is called. */
  readonly label: string;
  readonly items: readonly MenuItem[];
}

/** A button, and below it more buttons that are seldom needed. Escape or a press anywhere else puts them away. */
export function Menu({ label, items }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const place = (): void => {
    const { bottom, right } = button.current!.getBoundingClientRect();
    const { style } = menu.current!;
    style.top = `${bottom + 4}px`;
    style.right = `${document.documentElement.clientWidth - right}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="icon-only"
        aria-label={label}
        title={label}
        popoverTarget={id}
        onClick={place}
      >
        <Icon name="more" />
      </button>
      <div ref={menu} id={id} popover="auto" className="menu">
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            className={item.isDanger ? "danger" : undefined}
            onClick={() => {
              menu.current?.hidePopover();
              item.onChoose();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}
