interface Props {
  /** What the button says that does it. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Whether it can be done: whatever has to be written is written. */
  readonly isReady?: boolean;
  readonly isUnderWay: boolean;
  /** How much of it is done, 0 to 1; undefined if that is not known. */
  readonly progress?: number | undefined;
  /** Why it could not be done. */
  readonly failure: string | undefined;
  readonly onCancel: () => void;
  /** Does it; absent in a form, which is submitted. */
  readonly onAct?: () => void;
}

/** The end of a dialog: what went wrong, how far it is, and the buttons that leave it and do it. */
export function DialogButtons({
  action,
  isDanger = false,
  isReady = true,
  isUnderWay,
  progress,
  failure,
  onCancel,
  onAct,
}: Props) {
  return (
    <>
      {failure !== undefined && (
        <p className="small error dialog-failure" role="alert">
          {failure}
        </p>
      )}
      {isUnderWay && progress !== undefined && <progress value={progress} aria-label={action} />}
      <div className="dialog-buttons">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button
          type={onAct === undefined ? "submit" : "button"}
          className={isDanger ? "danger" : "primary"}
          disabled={!isReady || isUnderWay}
          {...(onAct !== undefined && { onClick: onAct })}
        >
          {action}
        </button>
      </div>
    </>
  );
}
