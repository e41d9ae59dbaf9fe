/** Builds `@perennial/client/subscriptions`: what it shares with the main entry it has from there. */
import main from "./rolldown.config.ts";

export default {
  input: "src/subscriptions.ts",
  resolve: main.resolve,
  plugins: [
    {
      name: "main-entry",
      resolveId: (id: string) => (id === "../index.ts" ? { id: "./index.js", external: true } : undefined),
    },
  ],
  output: { ...main.output, file: "dist/subscriptions.js" },
};
