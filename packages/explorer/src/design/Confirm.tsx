import { type ReactNode, useState } from "react";
import { reasonOf } from "../server/reason.ts";
import { Dialog } from "./Dialog.tsx";
import { DialogButtons } from "./DialogButtons.tsx";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly action: string;
  /** Does it; what it throws is shown, and the dialog stays. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, children, action, onConfirm, onClose }: Props) {
  const [failure, setFailure] = useState<string>();
  const [isUnderWay, setUnderWay] = useState(false);
  const confirm = async (): Promise<void> => {
    setUnderWay(true);
    setFailure(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFailure(reasonOf(error));
      setUnderWay(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-body">
        <div>{children}</div>
        <DialogButtons
          action={action}
          isDanger
          isUnderWay={isUnderWay}
          failure={failure}
          onCancel={onClose}
          onAct={() => void confirm()}
        />
      </div>
    </Dialog>
  );
}
