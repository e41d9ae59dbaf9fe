/**
 * Stored records and rows as tables: each field is named once, with how it is stored, and encoding, decoding and the
 * room they need follow from that. Every struct begins with 16 bits that say which of its optional fields are there;
 * a bit that this version does not know is refused, since what it stands for would be lost (CONTRIBUTING.md, "Changing
 * what is stored").
 */
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { stringRoom } from "./bytes.ts";

/** What is stored holds something that this version does not know: a newer one wrote it. */
export class NewerFormat extends Error {
  override readonly name = "NewerFormat";

  /** @param what for the operator, such as `an append record has an unknown field (bit 9)` */
  constructor(what: string) {
    super(`${what}. A newer version of Perennial wrote it: use that one. Nothing was changed.`);
  }
}

/** How values of one kind are stored. */
export interface FieldType<Value> {
  /** The most bytes that a value takes, or how to tell by the value. */
  readonly room: number | ((value: Value) => number);
  write(writer: ByteWriter, value: Value): void;
  read(reader: ByteReader): Value;
}

/** A whole number of `[0, 2^32)`. */
export const u32: FieldType<number> = {
  room: 4,
  write: (writer, value) => writer.u32(value),
  read: (reader) => reader.u32(),
};

/** A whole number of `[0, 2^53)`. */
export const u64: FieldType<number> = {
  room: 8,
  write: (writer, value) => writer.u64(value),
  read: (reader) => reader.u64(),
};

/** Any number. */
export const f64: FieldType<number> = {
  room: 8,
  write: (writer, value) => writer.f64(value),
  read: (reader) => reader.f64(),
};

export const text: FieldType<string> = {
  room: stringRoom,
  write: (writer, value) => writer.string(value),
  read: (reader) => reader.string(),
};

/** The most bytes that a value of the type takes. */
function roomOf<Value>({ room }: FieldType<Value>, value: Value): number {
  return typeof room === "number" ? room : room(value);
}

/** Values of one kind, one after another. */
export function listOf<Value>(type: FieldType<Value>): FieldType<readonly Value[]> {
  return {
    room: (values) => values.reduce((room, value) => room + roomOf(type, value), 4),
    write(writer, values) {
      writer.u32(values.length);
      for (const value of values) type.write(writer, value);
    },
    read: (reader) => Array.from({ length: reader.u32() }, () => type.read(reader)),
  };
}

/** A map, entry by entry in its order. */
export function mapOf<Key, Value>(key: FieldType<Key>, value: FieldType<Value>): FieldType<Map<Key, Value>> {
  return {
    room(map) {
      let room = 4;
      for (const [each, its] of map) room += roomOf(key, each) + roomOf(value, its);
      return room;
    },
    write(writer, map) {
      writer.u32(map.size);
      for (const [each, its] of map) {
        key.write(writer, each);
        value.write(writer, its);
      }
    },
    read(reader) {
      const map = new Map<Key, Value>();
      for (let left = reader.u32(); left > 0; left--) map.set(key.read(reader), value.read(reader));
      return map;
    },
  };
}

/** One field of a struct. */
export interface Field<Value> {
  /** Undefined: the bit says it all. */
  readonly type: FieldType<Value> | undefined;
  /** The bit that is set unless the value is `otherwise`; 0: the field is always there. */
  readonly bit: number;
  /** The value when the bit is not set. */
  readonly otherwise: Value | undefined;
  /** The value when the bit is set and says it all. */
  readonly set: Value | undefined;
}

/** A field that every value has. */
export function always<Value>(type: FieldType<Value>): Field<Value> {
  return { type, bit: 0, otherwise: undefined, set: undefined };
}

/** A field that may be missing. @param bit its bit, a power of two below 2^16, used by no other field */
export function optional<Value>(bit: number, type: FieldType<Value>): Field<Value | undefined> {
  return { type: type as FieldType<Value | undefined>, bit, otherwise: undefined, set: undefined };
}

/** A field of two values that takes no room. @param set the value when the bit is set */
export function either<Value>(bit: number, otherwise: Value, set: Value): Field<Value> {
  return { type: undefined, bit, otherwise, set };
}

/** A yes or no that takes no room. */
export function flag(bit: number): Field<boolean> {
  return either<boolean>(bit, false, true);
}

/** Every field of a struct, in the order in which they are stored. The compiler misses those that are forgotten. */
export type Table<Fields> = { readonly [Name in keyof Fields]-?: Field<Fields[Name]> };

type Loose = Record<string, unknown>;
type NamedField = Field<unknown> & { readonly field: string };

/** A record or row with its fields as they are stored; one type of field, too. */
export class Struct<Fields extends object> implements FieldType<Fields> {
  readonly #name: string;
  readonly #blank: () => Fields;
  readonly #fields: readonly NamedField[];
  readonly #unknown: number;
  /** What the fields take whose room is the same for every value, there or not. */
  readonly #fixedRoom: number;
  /** The others. */
  readonly #varying: readonly NamedField[];
  readonly #isBlank: ((value: Fields) => boolean) | undefined;
  readonly room = (value: Fields): number => 2 + this.fieldsRoom(value);

  /**
   * @param name for messages, with its article: `an append record`
   * @param blank makes an object with all fields in their usual order, so that all are of one shape to the engine
   * @param isBlank tells quickly that a value has none of its fields, of which all must be optional then; may err by saying
   *   no. Worth it where most values have none: each field costs some 20 ns, there or not
   */
  constructor(name: string, blank: () => Fields, table: Table<Fields>, isBlank?: (value: Fields) => boolean) {
    const fields = Object.entries(table as Record<string, Field<unknown>>);
    this.#name = name;
    this.#blank = blank;
    this.#isBlank = isBlank;
    this.#fields = fields.map(([field, its]) => ({ field, ...its }));
    this.#fixedRoom = this.#fields.reduce((room, { type }) => room + fixedRoomOf(type), 0);
    this.#varying = this.#fields.filter(({ type }) => typeof type?.room === "function");
    this.#unknown = ~this.#fields.reduce((known, { bit }) => known | bit, 0);
  }

  write(writer: ByteWriter, value: Fields): void {
    const at = writer.at;
    writer.u16(0);
    writer.setU16(at, this.writeFields(writer, value));
  }

  read(reader: ByteReader): Fields {
    return this.readFields(reader, reader.u16(), this.#blank());
  }

  /** The most bytes of the fields, without the bits. */
  fieldsRoom(value: Fields): number {
    if (this.#isBlank?.(value)) return this.#fixedRoom;
    let room = this.#fixedRoom;
    for (let index = 0; index < this.#varying.length; index++) {
      const { field, type, bit, otherwise } = this.#varying[index]!;
      const its = (value as Loose)[field];
      if (bit === 0 || its !== otherwise) room += roomOf(type!, its);
    }
    return room;
  }

  /** Writes the fields and returns the bits, for whoever has a place of its own for these. */
  writeFields(writer: ByteWriter, value: Fields): number {
    if (this.#isBlank?.(value)) return 0;
    let bits = 0;
    for (let index = 0; index < this.#fields.length; index++) {
      const { field, type, bit, otherwise } = this.#fields[index]!;
      const its = (value as Loose)[field];
      if (bit !== 0) {
        if (its === otherwise) continue;
        bits |= bit;
      }
      type?.write(writer, its);
    }
    return bits;
  }

  /**
   * Reads the fields into `target`, which it returns.
   *
   * @param last the last field that is wanted; the rest stays as it is
   * @throws NewerFormat for a bit that is not known
   */
  readFields<Target extends Fields>(
    reader: ByteReader,
    bits: number,
    target: Target,
    last?: keyof Fields,
  ): Target {
    if ((bits & this.#unknown) !== 0) throw new NewerFormat(this.#objection(bits));
    for (let index = 0; index < this.#fields.length; index++) {
      const { field, type, bit, otherwise, set } = this.#fields[index]!;
      const isThere = bit === 0 || (bits & bit) !== 0;
      (target as Loose)[field] = isThere ? (type === undefined ? set : type.read(reader)) : otherwise;
      if (field === last) break;
    }
    return target;
  }

  #objection(bits: number): string {
    const strange = bits & this.#unknown;
    return `${this.#name} has a field that this version does not know (bits 0x${strange.toString(16)})`;
  }
}

function fixedRoomOf(type: FieldType<unknown> | undefined): number {
  return typeof type?.room === "number" ? type.room : 0;
}
