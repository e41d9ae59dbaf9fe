export {
  createResumableStreamContext,
  type ResumableStreamContext,
  type ResumableStreamOptions,
  type Resumed,
} from "./context.ts";
