import { useEffect } from "react";

const NAME = "Stream Explorer";

/** Names the page after what it shows, for as long as the component is there. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${NAME}`;
    return () => {
      document.title = NAME;
    };
  }, [title]);
}
