import { useState } from "react";
import { createRoot } from "react-dom/client";
import { isDocumentKey } from "../shared/places.ts";
import { Landing } from "./components/Landing.tsx";
import { Workspace } from "./components/Workspace.tsx";
import { knownPerson, type Person } from "./person.ts";
import "./style/base.css";
import "./style/rich-text.css";
import "./style/workspace.css";
import "./style/panel.css";
import "./style/narrow.css";

/** The document that the address names. */
function chosenDocument(): string | undefined {
  const key = new URLSearchParams(location.search).get("doc") ?? "";
  return isDocumentKey(key) ? key : undefined;
}

function App() {
  const [place, setPlace] = useState({ key: chosenDocument(), person: knownPerson() });
  const open = (person: Person, key: string): void => {
    history.replaceState(null, "", `?doc=${key}`);
    setPlace({ key, person });
  };
  const { key, person } = place;
  if (key === undefined || person === undefined) return <Landing document={key ?? "welcome"} onOpen={open} />;
  return <Workspace documentKey={key} person={person} />;
}

createRoot(document.getElementById("root")!).render(<App />);
