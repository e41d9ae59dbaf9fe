/** Where reads have met damage in streams, so that later ones end before it. As many places as are told, then no more. */
const PLACES_MAX = 1000;

export class DamagedPlaces {
  /** Positions by stream, ascending. */
  readonly #places = new Map<number, number[]>();
  #count = 0;

  add(id: number, position: number): void {
    if (this.#count === PLACES_MAX || this.from(id, position) === position) return;
    this.#count += 1;
    const places = this.#places.get(id) ?? [];
    places.push(position);
    places.sort((left, right) => left - right);
    this.#places.set(id, places);
  }

  /** The first place of the stream at or after `position`. */
  from(id: number, position: number): number | undefined {
    if (this.#count === 0) return undefined;
    return this.#places.get(id)?.find((place) => place >= position);
  }
}
