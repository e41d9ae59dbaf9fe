// Brings the build up to date before a test runs it: a source that does not compile must not pass by its last build.
import { fileURLToPath } from "node:url";
import { bringBuildUpToDate } from "../../bin/build.js";

await bringBuildUpToDate(fileURLToPath(new URL("../..", import.meta.url)));
