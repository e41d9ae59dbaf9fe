/** The canvas of the page, to which the worker draws. */
import { type Doom, HEIGHT, WIDTH } from "../../shared/engine/doom.ts";

export class Screen {
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #image = new ImageData(WIDTH, HEIGHT);
  readonly #pixels = new Uint32Array(this.#image.data.buffer);

  constructor(canvas: OffscreenCanvas) {
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    this.#context = canvas.getContext("2d", { alpha: false })!;
  }

  /** Shows what the player sees. */
  draw(doom: Doom): void {
    const bytes = doom.draw();
    const from = new Uint32Array(bytes.buffer, bytes.byteOffset, WIDTH * HEIGHT);
    // The engine has blue first, a canvas red; and nothing shines through.
    for (let at = 0; at < from.length; at++) {
      const color = from[at]!;
      this.#pixels[at] = 0xff000000 | (color & 0xff00) | ((color & 0xff) << 16) | ((color >> 16) & 0xff);
    }
    this.#context.putImageData(this.#image, 0, 0);
  }
}
