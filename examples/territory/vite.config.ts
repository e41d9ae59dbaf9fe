import { defaultClientConditions, defineConfig } from "vite";
import { gameServer } from "./server/plugin.ts";

export default defineConfig({
  plugins: [gameServer()],
  // The page takes the packages of this workspace from their sources, and one Yjs.
  resolve: { conditions: ["perennial-source", ...defaultClientConditions], dedupe: ["yjs", "y-protocols"] },
});
