import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { editorServer } from "./server/plugin.ts";

export default defineConfig({
  plugins: [react(), editorServer()],
  // The page takes the packages of this workspace from their sources, and one Yjs.
  resolve: { conditions: ["perennial-source", ...defaultClientConditions], dedupe: ["yjs", "y-protocols"] },
});
