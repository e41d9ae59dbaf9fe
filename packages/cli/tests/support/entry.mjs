// The built program without the launcher's look at the build, which `build.mjs` has brought up to date.
import { main } from "../../dist/main.js";

const [name, ...args] = process.argv.slice(2);
await main(name, args);
