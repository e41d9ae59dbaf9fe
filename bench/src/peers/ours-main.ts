import { pathToFileURL } from "node:url";

/**
 * Started as a child: `node ours-main.js PROGRAM ARGUMENTS…`. Runs the built command line of a checkout as it stands;
 * the launcher in `bin/` would bring the build up to date first, which has no place in a measured start.
 */
const [program, ...parameters] = process.argv.slice(2);
const { main } = (await import(pathToFileURL(program!).href)) as {
  main(name: string, parameters: readonly string[]): Promise<void>;
};
await main("perennial", parameters);
