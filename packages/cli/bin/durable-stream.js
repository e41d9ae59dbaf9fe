#!/usr/bin/env node
// The same program under the name of the official command line, for scripts that call it.
import "./perennial.js";
