import * as menu from "@zag-js/menu";
import { normalizeProps, useMachine } from "@zag-js/react";
import { type KeyboardEvent, useId, useRef } from "react";
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

/** A button, and below it what is seldom needed. Arrow keys and first letters lead to an item, Escape puts them away. */
export function Menu({ label, items }: Props) {
  const { api, button, content } = useMenu(items);
  return (
    <>
      <button {...api.getTriggerProps()} ref={button} className="icon-only" aria-label={label} title={label}>
        <Icon name="more" />
      </button>
      <div {...api.getPositionerProps()}>
        <div {...content} role="menu" tabIndex={0} className="menu">
          {items.map((item) => (
            <div
              key={item.label}
              {...api.getItemProps({ value: item.label })}
              className={item.isDanger ? "menu-item danger" : "menu-item"}
            >
              {item.label}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

/** What the library makes of the items, and where the focus goes from them. */
function useMenu(items: readonly MenuItem[]) {
  const button = useRef<HTMLButtonElement>(null);
  const service = useMachine(menu.machine, {
    id: useId(),
    loopFocus: true,
    positioning: { placement: "bottom-end", strategy: "fixed", gutter: 4 },
    onSelect: ({ value }) => {
      // A dialog that opens now gives the focus back to where it is now, and the item is about to go.
      button.current?.focus();
      items.find((item) => item.label === value)?.onChoose();
    },
  });
  const api = menu.connect(service, normalizeProps);
  const content = api.getContentProps();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === "Tab") {
      // The library would keep the key; it goes on from the button, as in menus of the system.
      button.current?.focus();
      service.send({ type: "CLOSE", restoreFocus: false });
    } else content.onKeyDown?.(event);
  };
  return { api, button, content: { ...content, onKeyDown } };
}
