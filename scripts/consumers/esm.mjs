import * as client from "@perennial/client";
import * as protocol from "@perennial/protocol";
import * as server from "@perennial/server";
import * as state from "@perennial/state";
import * as db from "@perennial/state/db";
import { tour } from "./tour.mjs";

await tour({ client, state, db, protocol, server });
