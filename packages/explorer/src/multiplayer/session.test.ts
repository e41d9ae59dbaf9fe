import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerWords, nextEvent } from "./agent-script.ts";
import { resumption } from "./resumption.ts";
import { type Conversation, converse, type SessionEvent } from "./session-log.ts";

const say = (id: string): SessionEvent => ({ kind: "say", id, from: "Ada", text: `question ${id}` });

/** Lets the agent write until it has nothing to say, and returns what it wrote. */
function answer(conversation: Conversation): SessionEvent[] {
  const written: SessionEvent[] = [];
  for (let now = conversation; ; ) {
    const event = nextEvent(now);
    if (event === undefined) return written;
    written.push(event);
    now = converse(now, [event]);
  }
}

describe("the agent", () => {
  test("answers everything that was said, in order, and then is silent", () => {
    const conversation = converse([], [say("a"), say("b")]);
    const end = converse(conversation, answer(conversation));
    expect(end.map(({ isAnswered }) => isAnswered)).toEqual([true, true]);
    expect(end.map(({ tokens }) => tokens)).toEqual([answerWords(0), answerWords(1)]);
  });

  test("goes on where another one stopped, at any word", () => {
    const conversation = converse([], [say("a"), say("b")]);
    const whole = answer(conversation);
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), (at) => {
        const interrupted = converse(conversation, whole.slice(0, at));
        expect([...whole.slice(0, at), ...answer(interrupted)]).toEqual(whole);
      }),
    );
  });
});

describe("the conversation", () => {
  test("is the same however its messages arrive", () => {
    const events = [say("a"), ...answer(converse([], [say("a")])), say("b")];
    fc.assert(
      fc.property(fc.nat({ max: events.length }), (at) => {
        expect(converse(converse([], events.slice(0, at)), events.slice(at))).toEqual(converse([], events));
      }),
    );
  });

  test("leaves out what does not belong to it", () => {
    const noise = [
      1,
      null,
      "x",
      {},
      { kind: "say" },
      { kind: "token", answers: "none", index: 0, text: "x" },
    ];
    expect(converse([], noise)).toEqual([]);
    const known = converse([], [say("a")]);
    expect(converse(known, [{ kind: "token", answers: "a", index: 5, text: "x" }, say("a")])).toEqual(known);
  });
});

describe("what was caught up on", () => {
  const conversation = converse([], [say("a")]);
  const whole = answer(conversation);
  const after = (events: number): Conversation => converse(conversation, whole.slice(0, events));

  test("is what came since the connection was lost", () => {
    expect(resumption(after(3), after(10))).toEqual({ says: "a", from: 3, to: 10 });
    expect(resumption(after(3), after(whole.length))).toMatchObject({ from: 3 });
    expect(resumption(after(3), after(3))).toBeUndefined();
  });

  test("is all of an unfinished answer for who begins anew", () => {
    expect(resumption([], after(10))).toEqual({ says: "a", from: 0, to: 10 });
    expect(resumption([], after(whole.length))).toBeUndefined();
    expect(resumption([], conversation)).toBeUndefined();
  });
});
