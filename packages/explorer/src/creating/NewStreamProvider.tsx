import { createContext, type ReactNode, useContext, useState } from "react";
import { NewStreamDialog } from "./NewStreamDialog.tsx";

/** Opens the form for a new stream. With a path, for that one, which is shown already. */
type OpenNewStream = (path?: string) => void;

const NewStreamContext = createContext<OpenNewStream | undefined>(undefined);

/** What opens the form for a new stream. */
export function useNewStream(): OpenNewStream {
  const open = useContext(NewStreamContext);
  if (open === undefined) throw new Error("there is no NewStreamProvider around this component");
  return open;
}

/** Holds the form for all of the page: what opened it may vanish meanwhile, and the form stays. */
export function NewStreamProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<{ readonly path: string | undefined }>();
  const [open] = useState<OpenNewStream>(() => (path?: string) => setAsked({ path }));
  return (
    <NewStreamContext value={open}>
      {children}
      {asked !== undefined && <NewStreamDialog path={asked.path} onClose={() => setAsked(undefined)} />}
    </NewStreamContext>
  );
}
