const { createStreamDB } = require("@perennial/state/db");
if (typeof createStreamDB !== "function") throw new Error("createStreamDB is missing");
for (const name of ["createSecret", "mintToken"])
  if (typeof require("@perennial/tokens")[name] !== "function") throw new Error(`${name} is missing`);
