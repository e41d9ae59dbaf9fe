import { writeAnswer } from "./answer-route.ts";
import { answer, listen } from "./http.ts";
import { chooseModel, type Script } from "./model.ts";

/** Runs the process that writes answers. It may be killed at any moment: `serve` starts another one, and readers are told. */
export async function runWriter(script: Script): Promise<void> {
  const { model } = chooseModel(process.env, script);
  const write = (request: Request) => writeAnswer(request, model, () => process.send?.({ type: "called" }));
  const { port } = await listen((message, response) => void answer(message, response, write), 0);
  process.send?.({ type: "ready", port });
  // Without the process that started it there is nobody to write for.
  process.on("disconnect", () => process.exit());
}
