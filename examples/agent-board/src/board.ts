import { createStateSchema } from "@perennial/state";
import { z } from "zod";

const user = z.object({ id: z.string(), colour: z.string() });
const message = z.object({ id: z.string(), author: z.string(), text: z.string(), createdAt: z.string() });
const presence = z.object({ userId: z.string(), status: z.enum(["online", "offline"]) });
const task = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(["open", "running", "done"]),
  progress: z.number(),
});

export type User = z.infer<typeof user>;
export type Message = z.infer<typeof message>;
export type Presence = z.infer<typeof presence>;
export type Task = z.infer<typeof task>;

/** Four kinds of things in one stream, so that what belongs together stays in order. */
export const board = createStateSchema({
  users: { schema: user, type: "user", primaryKey: "id" },
  messages: { schema: message, type: "message", primaryKey: "id" },
  presence: { schema: presence, type: "presence", primaryKey: "userId" },
  tasks: { schema: task, type: "task", primaryKey: "id" },
});
