import { expect, test } from "vitest";
import { type SignInReason, signedFetch } from "./signed-fetch.ts";

/** What a page would have sent, and how the server's answer was taken. */
function page(credential: string | undefined, status = 200, code = "unauthorized") {
  const sent: (string | null)[] = [];
  const refusals: SignInReason[] = [];
  const request: typeof fetch = async (_, init) => {
    sent.push(new Headers(init?.headers).get("Authorization"));
    return Response.json({ code }, { status });
  };
  const signing = {
    credential,
    reason: () => refusals[0],
    refused: (reason: SignInReason) => void refusals.push(reason),
  };
  return { sent, refusals, fetch: signedFetch(request, signing, "http://ours") };
}

test("what somebody signed in with is sent to the page's own server, and to nobody else", async () => {
  const { sent, fetch } = page("s");
  for (const url of ["http://ours/v1/stream/a", "/v1/stream/a", "http://ours.example/", "http://ours:81/"])
    await fetch(url, { headers: { Accept: "a/b" } });
  await fetch("/", { headers: { Authorization: "Bearer other" } });
  expect(sent).toEqual(["Bearer s", "Bearer s", null, null, "Bearer other"]);
});

test.each([
  [undefined, "unauthorized", "nothing-sent"],
  ["s", "token_expired", "ended"],
  ["s", "unauthorized", "not-taken"],
] as const)("with %s, the answer 401 %s means %s, and is the last", async (credential, code, reason) => {
  const { sent, refusals, fetch } = page(credential, 401, code);
  expect((await fetch("/")).status).toBe(401);
  expect(refusals).toEqual([reason]);
  await expect(fetch("/")).rejects.toThrow("nobody is signed in");
  expect(sent).toHaveLength(1);
});

test("a refusal of one thing signs nobody out", async () => {
  const { refusals, fetch } = page("s", 403);
  await fetch("/");
  expect(refusals).toEqual([]);
});
