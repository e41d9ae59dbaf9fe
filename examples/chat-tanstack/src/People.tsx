import type { ChatActor, PresentPerson } from "@perennial/tanstack-ai";
import { type FormEvent, useRef, useState } from "react";
import { hueOf, initialsOf } from "./hue.ts";

const SHOWN = 4;

interface PeopleProps {
  readonly people: readonly PresentPerson[];
  readonly me: ChatActor;
  readonly onRename: (name: string) => void;
}

/** Who is there; a click on oneself gives another name. */
export function People({ people, me, onRename }: PeopleProps) {
  const others = people.filter(({ isMe }) => !isMe);
  const more = others.length - SHOWN;
  return (
    <div className="people">
      <ul aria-label="People here">
        <li className="face agent" title="Sage, the agent">
          S
        </li>
        {others.slice(0, SHOWN).map(({ actor, devices }) => (
          <li
            key={actor.id}
            className="face"
            style={hueOf(actor.id)}
            title={devices > 1 ? `${actor.name}, on ${devices} devices` : actor.name}
          >
            {initialsOf(actor.name)}
            <span className="who">{actor.name}</span>
          </li>
        ))}
        {more > 0 && <li className="face more">+{more}</li>}
      </ul>
      <Me me={me} onRename={onRename} />
    </div>
  );
}

function Me({ me, onRename }: Pick<PeopleProps, "me" | "onRename">) {
  const [isEditing, setEditing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    if (isEditing) onRename(field.current?.value ?? "");
    setEditing(false);
  };
  if (!isEditing)
    return (
      <button type="button" className="me" style={hueOf(me.id)} onClick={() => setEditing(true)}>
        <span className="face" aria-hidden="true">
          {initialsOf(me.name)}
        </span>
        <span className="name">{me.name}</span>
      </button>
    );
  return (
    <form onSubmit={save}>
      <input
        ref={field}
        className="rename"
        aria-label="Your name"
        defaultValue={me.name}
        maxLength={40}
        // biome-ignore lint/a11y/noAutofocus: it was asked for by a click
        autoFocus
        onFocus={(event) => event.target.select()}
        onBlur={() => save()}
        onKeyDown={(event) => event.key === "Escape" && setEditing(false)}
      />
    </form>
  );
}
