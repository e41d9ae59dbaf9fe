/** The fields of the form for a new stream, each with what is wrong with it below. */
import { useId, useState } from "react";
import { rowKind } from "../feed/cut-rows.ts";
import { rootPath } from "../server/address.ts";
import { MESSAGE_HINTS } from "../writing/parse-message.ts";
import type { FieldProblem, NewStreamDraft } from "./new-stream.ts";

interface NameProps {
  readonly name: string;
  /** What the name comes to. */
  readonly path: string | undefined;
  readonly onChange: (name: string) => void;
}

export function NameField({ name, path, onChange }: NameProps) {
  const note = useId();
  const isWrong = name.trim() !== "" && path === undefined;
  return (
    <div className="field">
      <label>
        Name
        <input
          value={name}
          placeholder="chat/1"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={isWrong}
          aria-describedby={note}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
      <p id={note} className={isWrong ? "small error" : "small soft new-stream-path"}>
        {isWrong
          ? "No stream can be called so: no part between slashes is empty, a dot or two, and __ds is the server’s."
          : path === undefined
            ? "Slashes make folders."
            : rootPath(path)}
      </p>
    </div>
  );
}

interface FieldProps {
  readonly draft: NewStreamDraft;
  readonly problem: FieldProblem | undefined;
  readonly onChange: (part: Partial<NewStreamDraft>) => void;
}

const TYPES = [
  ["application/json", "JSON messages"],
  ["text/plain", "Text"],
  ["application/octet-stream", "Bytes"],
] as const;

export function TypeField({ draft, problem, onChange }: FieldProps) {
  const [isOther, setOther] = useState(false);
  return (
    <div className="field">
      <label>
        Type
        <select
          value={isOther ? "" : draft.contentType}
          onChange={({ target: { value } }) => {
            setOther(value === "");
            onChange({ contentType: value });
          }}
        >
          {TYPES.map(([type, title]) => (
            <option key={type} value={type}>
              {title} ({type})
            </option>
          ))}
          <option value="">Another content type…</option>
        </select>
      </label>
      {isOther && (
        <input
          aria-label="Content type"
          value={draft.contentType}
          placeholder="text/csv"
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => onChange({ contentType: event.target.value })}
        />
      )}
      {draft.contentType !== "" && <Problem of="type" problem={problem} />}
    </div>
  );
}

const TTL_UNITS = [
  [1, "seconds"],
  [60, "minutes"],
  [3600, "hours"],
  [86_400, "days"],
] as const;

export function TtlField({ draft, problem, onChange }: FieldProps) {
  return (
    <div className="field">
      <div className="new-stream-ttl">
        <label>
          Deleted when unused for
          <input
            inputMode="numeric"
            value={draft.ttl}
            placeholder="never"
            onChange={(event) => onChange({ ttl: event.target.value })}
          />
        </label>
        <select
          aria-label="Unit of the time to live"
          value={draft.ttlUnit}
          onChange={(event) => onChange({ ttlUnit: Number(event.target.value) })}
        >
          {TTL_UNITS.map(([seconds, title]) => (
            <option key={title} value={seconds}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <Problem of="ttl" problem={problem} />
    </div>
  );
}

export function MessageField({ draft, problem, onChange }: FieldProps) {
  return (
    <div className="field">
      <label>
        First message, if any
        <textarea
          rows={3}
          value={draft.message}
          placeholder={MESSAGE_HINTS[rowKind(draft.contentType)]}
          spellCheck={false}
          onChange={(event) => onChange({ message: event.target.value })}
        />
      </label>
      <Problem of="message" problem={problem} />
    </div>
  );
}

function Problem({
  of,
  problem,
}: {
  readonly of: FieldProblem["field"];
  readonly problem: FieldProblem | undefined;
}) {
  if (problem?.field !== of) return null;
  return (
    <p className="small error" role="alert">
      {problem.reason}
    </p>
  );
}
