import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The page takes the packages of this workspace from their sources.
  resolve: { conditions: ["perennial-source", ...defaultClientConditions] },
  build: {
    outDir: "dist/page",
    target: "es2022",
    // The content security policy allows no data:, and every file has a hashed name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // To read a property or a global does nothing but that, here and in what others wrote: what is unused may go.
    rolldownOptions: { treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false } },
    // What others wrote may be passed on with their names and terms.
    license: { fileName: "licenses.txt" },
  },
  // `npm start -w packages/explorer`: the page under development, beside a server that runs.
  server: { proxy: { "/v1/stream": "http://localhost:4437" } },
});
