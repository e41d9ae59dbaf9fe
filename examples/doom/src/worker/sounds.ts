/** The sounds of the game: numbers of lumps become samples, which the page plays. */

export interface Sound {
  readonly lump: number;
  readonly volume: number;
  readonly separation: number;
  /** The first time that a lump is heard: its samples, 8 bits, 11,025 a second. */
  readonly samples?: Uint8Array<ArrayBuffer>;
}

const ENTRY = 16;
/** Before and behind the samples of a lump. */
const [HEADER, PADDING] = [8, 16];

export class Sounds {
  readonly #wad: Uint8Array<ArrayBuffer>;
  readonly #post: (sound: Sound, transfer: Transferable[]) => void;
  readonly #sent = new Set<number>();
  isOn = false;

  constructor(wad: Uint8Array<ArrayBuffer>, post: (sound: Sound, transfer: Transferable[]) => void) {
    this.#wad = wad;
    this.#post = post;
  }

  play(lump: number, volume: number, separation: number): void {
    if (!this.isOn) return;
    const samples = this.#sent.has(lump) ? undefined : this.#samplesOf(lump);
    this.#sent.add(lump);
    if (samples === undefined) this.#post({ lump, volume, separation }, []);
    else this.#post({ lump, volume, separation, samples }, [samples.buffer]);
  }

  #samplesOf(lump: number): Uint8Array<ArrayBuffer> {
    const view = new DataView(this.#wad.buffer, this.#wad.byteOffset);
    const entry = view.getInt32(8, true) + lump * ENTRY;
    const start = view.getInt32(entry, true);
    const end = start + view.getInt32(entry + 4, true);
    return this.#wad.slice(start + HEADER + PADDING, end - PADDING);
  }
}
