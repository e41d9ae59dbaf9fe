const { createStreamDB } = require("@perennial/state/db");
if (typeof createStreamDB !== "function") throw new Error("createStreamDB is missing");
