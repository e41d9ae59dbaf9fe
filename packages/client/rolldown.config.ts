/** Builds the published entry: everything the client needs, the protocol package included, in one module. */
export default {
  input: "src/index.ts",
  resolve: { conditionNames: ["perennial-source", "import", "default"] },
  output: { file: "dist/index.js", format: "esm", sourcemap: true, sourcemapExcludeSources: true },
};
