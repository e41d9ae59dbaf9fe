// What the single executable runs. Linked as `durable-stream`, it answers to that name.
import { basename } from "node:path";
import { main } from "../dist/main.js";

const name = basename(process.argv0) === "durable-stream" ? "durable-stream" : "perennial";
main(name, process.argv.slice(2));
