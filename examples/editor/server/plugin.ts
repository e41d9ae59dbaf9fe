import type { Connect, Plugin } from "vite";
import { api } from "./api.ts";
import { chooseModel } from "./models/choose.ts";
import { type Services, startServices } from "./services.ts";

/** Where documents are kept, beside this example, unless `EDITOR_DATA_DIR` says otherwise. */
const DATA_DIR = "perennial-data";

/**
 * Starts what the page needs beside it. The page reaches documents and chats through Vite's proxy, as it would through your
 * backend, which decides who may read and write.
 */
export function editorServer(): Plugin {
  let services: Services | undefined;
  const serve = (middlewares: Connect.Server): void => {
    const answer = api(services!.agents);
    middlewares.use((request, response, next) => {
      if (request.url?.startsWith("/api/")) void answer(request, response);
      else next();
    });
  };
  return {
    name: "perennial-editor-server",
    apply: "serve",
    async config() {
      const model = chooseModel(process.env);
      services = await startServices(process.env.EDITOR_DATA_DIR ?? DATA_DIR, model);
      console.log(`The agent's model: ${model.name}`);
      return { server: { proxy: { "/v1": services.origin } } };
    },
    configureServer: ({ middlewares }) => serve(middlewares),
    configurePreviewServer: ({ middlewares }) => serve(middlewares),
    async buildEnd() {
      await services?.stop();
    },
  };
}
