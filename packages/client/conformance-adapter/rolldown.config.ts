/** Builds the adapter as one file that plain Node runs. */
export default {
  input: "conformance-adapter/src/main.ts",
  platform: "node" as const,
  resolve: { conditionNames: ["perennial-source", "node", "import", "default"] },
  output: { file: "conformance-adapter/dist/main.js", format: "esm" as const },
};
