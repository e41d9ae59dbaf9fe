/** The first thing that the page does: nothing of it has asked the server yet, or looked at the address. */
import { session, tokenOfFragment } from "./session.ts";
import { signedFetch } from "./signed-fetch.ts";

startSession();

/** Takes the token of a sign-in link, and signs all requests from now on. */
function startSession(): void {
  const token = tokenOfFragment(location.hash);
  if (token !== undefined) {
    session.keep(token);
    // In place of the address with the token, which is then in no history either.
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  // All that the page asks, whoever asks it, goes to the server that it came from: so does the client inside.
  window.fetch = signedFetch(window.fetch.bind(window), session, location.origin);
}
