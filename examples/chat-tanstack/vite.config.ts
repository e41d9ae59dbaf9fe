import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The page takes the packages of this workspace from their sources.
  resolve: { conditions: ["perennial-source", ...defaultClientConditions] },
});
