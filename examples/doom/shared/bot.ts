/** A bot that plays: it sees what a player sees, and answers with commands. Chance comes from whoever makes it. */
import { type Command, RESTING } from "./commands.ts";
import type { Doom } from "./engine/doom.ts";

const FULL_TURN = 2 ** 32;
const FIXED = 65_536;
/** It looks around in so many directions. */
const DIRECTIONS = 16;
const CELL = 96;
/** Looks around this often, in ticks. */
const LOOK_EVERY = 7;
const TURN_STEP = 1_280;
const AIM = 1_200;
const WALL = 48;
/** So many ticks without getting anywhere, and it tries something else. */
const STUCK = 25;
const WANDER = 30;

export class Bot {
  readonly #random: () => number;
  /** How often it was in each part of a map. */
  readonly #visits = new Map<string, number>();
  #heading = 0;
  #ticks = 0;
  #still = 0;
  #wander = 0;
  #last = { x: 0, y: 0 };

  /** @param random - numbers from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** What it does next. */
  command(doom: Doom): Command {
    this.#ticks++;
    const me = doom.player();
    // The dead, and whoever waits between two maps, press a key.
    if (me.health <= 0) return { ...RESTING, use: this.#ticks % 20 === 0, fire: this.#ticks % 40 === 0 };
    const prey = doom.target();
    this.#noteWhereabouts(me.x / FIXED, me.y / FIXED, me.map);
    if (prey !== undefined && this.#wander === 0) return this.#fight(me, prey);
    if (this.#wander > 0) this.#wander--;
    else if (this.#still > STUCK) this.#despair();
    else if (this.#ticks % LOOK_EVERY === 0) this.#lookAround(doom, me.x / FIXED, me.y / FIXED, me.map);
    const off = difference(this.#heading, unsigned(me.angle));
    return {
      ...RESTING,
      forward: Math.abs(off) < FULL_TURN / 8 ? 50 : 10,
      turn: stepTowards(off),
      // A wall may be a door, or a switch.
      use: this.#ticks % 10 === 0 && doom.freeWay(unsigned(me.angle)) < 2 * WALL,
    };
  }

  #noteWhereabouts(x: number, y: number, map: number): void {
    const hasMoved = Math.hypot(x - this.#last.x, y - this.#last.y) > 4;
    this.#still = hasMoved ? 0 : this.#still + 1;
    this.#last = { x, y };
    const cell = cellOf(map, x, y);
    this.#visits.set(cell, (this.#visits.get(cell) ?? 0) + 1);
  }

  #fight(me: { x: number; y: number; angle: number }, prey: { x: number; y: number }): Command {
    const towards = (Math.atan2(prey.y - me.y, prey.x - me.x) / (2 * Math.PI)) * FULL_TURN;
    const off = difference(unsigned(towards), unsigned(me.angle));
    const distance = Math.hypot(prey.x - me.x, prey.y - me.y) / FIXED;
    const isAimed = Math.abs(off) < FULL_TURN / 64;
    return {
      ...RESTING,
      turn: stepTowards(off),
      forward: distance > 300 ? 40 : distance < 120 ? -30 : 0,
      side: this.#ticks % 60 < 30 ? 30 : -30,
      fire: isAimed && this.#ticks % 8 < 6,
    };
  }

  /** Into the direction with the most room that leads where it was least often. */
  #lookAround(doom: Doom, x: number, y: number, map: number): void {
    let best = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < DIRECTIONS; at++) {
      const angle = (at / DIRECTIONS) * FULL_TURN;
      const way = doom.freeWay(angle);
      if (way < WALL) continue;
      const far = Math.min(way - 24, 320);
      const radians = (at / DIRECTIONS) * 2 * Math.PI;
      const [toX, toY] = [x + Math.cos(radians) * far, y + Math.sin(radians) * far];
      const visits = this.#visits.get(cellOf(map, toX, toY)) ?? 0;
      const keeps = Math.abs(difference(angle, this.#heading)) / FULL_TURN;
      const score = far / 100 - visits / 12 - keeps * 3 + this.#random();
      if (score <= best) continue;
      best = score;
      this.#heading = angle;
    }
  }

  #despair(): void {
    this.#still = 0;
    this.#wander = WANDER;
    this.#heading = this.#random() * FULL_TURN;
  }
}

const cellOf = (map: number, x: number, y: number): string =>
  `${map}:${Math.floor(x / CELL)}:${Math.floor(y / CELL)}`;

const unsigned = (angle: number): number => ((angle % FULL_TURN) + FULL_TURN) % FULL_TURN;

/** From one angle to another, the shorter way: above 0 to the left. */
function difference(to: number, from: number): number {
  const off = unsigned(to - from);
  return off > FULL_TURN / 2 ? off - FULL_TURN : off;
}

/** A turn of one tick by which the angle gets smaller. */
function stepTowards(off: number): number {
  const turn = off / 65_536;
  return Math.max(-TURN_STEP, Math.min(TURN_STEP, Math.abs(turn) < AIM / 8 ? turn : turn / 2));
}
