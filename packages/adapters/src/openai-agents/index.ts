export { DurableSession, type SessionOptions } from "./session.ts";
