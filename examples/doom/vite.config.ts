import { defaultClientConditions, defineConfig } from "vite";
import { doomServer } from "./server/plugin.ts";

export default defineConfig({
  plugins: [doomServer()],
  // The page takes the packages of this workspace from their sources.
  resolve: { conditions: ["perennial-source", ...defaultClientConditions] },
  worker: { format: "es" },
});
