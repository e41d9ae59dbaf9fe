#!/usr/bin/env node
// The same program under the name of the official command line, for scripts that call it.
import { launch } from "./launch.js";

await launch("durable-stream");
