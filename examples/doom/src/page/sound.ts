/** Plays what the engine lets be heard. */
import type { FromWorker } from "../worker/messages.ts";

const SAMPLE_RATE = 11_025;
const MAX_AT_ONCE = 16;

export class Loudspeaker {
  readonly #known = new Map<number, Float32Array<ArrayBuffer>>();
  #context: AudioContext | undefined;
  #playing = 0;

  /** Browsers let a page be heard only after somebody did something there. */
  start(): void {
    this.#context ??= new AudioContext();
    void this.#context.resume();
  }

  play({ lump, volume, separation, samples }: Extract<FromWorker, { type: "sound" }>): void {
    if (samples !== undefined)
      this.#known.set(
        lump,
        Float32Array.from(samples, (sample) => (sample - 128) / 128),
      );
    const wave = this.#known.get(lump);
    const context = this.#context;
    if (wave === undefined || wave.length === 0 || context === undefined || this.#playing >= MAX_AT_ONCE)
      return;
    const buffer = context.createBuffer(1, wave.length, SAMPLE_RATE);
    buffer.copyToChannel(wave, 0);
    const [source, gain, pan] = [
      context.createBufferSource(),
      context.createGain(),
      context.createStereoPanner(),
    ];
    source.buffer = buffer;
    gain.gain.value = Math.min(1, volume / 15) * 0.4;
    pan.pan.value = Math.max(-1, Math.min(1, (separation - 128) / 128));
    source.connect(gain).connect(pan).connect(context.destination);
    this.#playing++;
    source.onended = () => this.#playing--;
    source.start();
  }
}
