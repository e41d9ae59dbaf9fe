import { IconButton } from "../design/IconButton.tsx";
import { beginAnew } from "./SignIn.tsx";
import { session } from "./session.ts";

/** Forgets the secret or token, if there is one. */
export function SignOutButton() {
  if (session.credential === undefined) return null;
  return (
    <IconButton
      icon="leave"
      label="Sign out"
      className="quiet"
      onClick={() => beginAnew(() => session.forget())}
    />
  );
}
