import { Icon, type IconName } from "./Icon.tsx";

interface Props {
  readonly icon: IconName;
  /** Its name. */
  readonly label: string;
  /** What more is said to who points at it; the name if absent. */
  readonly title?: string;
  /** `small`, `quiet`. */
  readonly className?: string;
  readonly onClick: () => void;
}

/** A button that shows a sign alone. */
export function IconButton({ icon, label, title = label, className = "", onClick }: Props) {
  return (
    <button
      type="button"
      className={`icon-only ${className}`}
      aria-label={label}
      title={title}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
