import { Picker } from "./Picker.tsx";

interface Props {
  /** All there are to choose from. */
  readonly fields: readonly string[];
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
  /** What is said when there are none. */
  readonly empty: string;
}

/** Chooses which fields are columns. They stand in the order in which they were chosen. */
export function ColumnPicker({ fields, chosen, onChoose, empty }: Props) {
  const others = chosen.filter((field) => !fields.includes(field));
  const all = [...others, ...fields];
  const toggle = (field: string, isOn: boolean): void =>
    onChoose(isOn ? [...chosen, field] : chosen.filter((other) => other !== field));
  return (
    <Picker icon="columns" label="Columns" count={chosen.length}>
      {all.length === 0 && <p className="small soft">{empty}</p>}
      {all.map((field) => (
        <label key={field} className="mono">
          <input
            type="checkbox"
            checked={chosen.includes(field)}
            onChange={({ target }) => toggle(field, target.checked)}
          />
          {field}
        </label>
      ))}
      {chosen.length > 0 && (
        <button type="button" className="quiet small" onClick={() => onChoose([])}>
          Clear
        </button>
      )}
    </Picker>
  );
}
