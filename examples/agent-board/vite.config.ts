import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { streamServer } from "./server/stream-server.ts";

export default defineConfig({
  plugins: [react(), streamServer()],
  // The page takes the packages of this workspace from their sources.
  resolve: { conditions: ["perennial-source", ...defaultClientConditions] },
  build: { rolldownOptions: { input: ["index.html", "window.html"] } },
});
