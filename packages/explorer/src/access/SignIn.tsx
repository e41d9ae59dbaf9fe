import { type FormEvent, useState } from "react";
import { useTitle } from "../app/use-title.ts";
import { session } from "./session.ts";
import type { SignInReason } from "./signed-fetch.ts";
import "../design/dialog.css";
import "./sign-in.css";

const REASONS: Readonly<Record<SignInReason, string>> = {
  "nothing-sent": "The streams of this server belong to services. Paste the secret of yours, or a token.",
  ended: "Your token has ended. Paste another one, or the secret.",
  "not-taken":
    "The server does not take what you signed in with: it has ended, or this is another service’s.",
};

/** What a header can carry: a secret and a token have nothing else, but what was pasted may. */
const OTHERS = /[^\x21-\x7e]/g;

/** Asks for a secret or a token, and begins anew with it; if the server does not take that, it is asked again. */
export function SignIn({ reason }: { readonly reason: SignInReason }) {
  const [typed, setTyped] = useState("");
  const credential = typed.replace(OTHERS, "");
  useTitle("Sign in");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    beginAnew(() => session.keep(credential));
  };
  return (
    <main className="dialog sign-in">
      <h2>Sign in</h2>
      <form onSubmit={submit}>
        <p className="soft">{REASONS[reason]}</p>
        <label>
          Secret or token
          <input
            type="password"
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <p className="small soft">
          Kept until you sign out or close this tab. <code>perennial service link</code> at the server makes a
          link to read.
        </p>
        <div className="dialog-buttons">
          {reason === "not-taken" && (
            <a className="button" href="/">
              My streams
            </a>
          )}
          <button type="submit" className="primary" disabled={credential === ""}>
            Sign in
          </button>
        </div>
      </form>
    </main>
  );
}

/** Nothing that was read with other rights stays on the page. */
export function beginAnew(change: () => void): void {
  change();
  location.reload();
}
