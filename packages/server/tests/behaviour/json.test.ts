import { expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { JSON_TYPE, offset } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("JSON mode (protocol §11)", (s) => {
  async function streamOf(...bodies: readonly (string | Uint8Array)[]): Promise<string> {
    const name = s.name();
    await s.http.put(name, { headers: JSON_TYPE });
    for (const body of bodies) {
      expect((await s.http.post(name, { headers: JSON_TYPE, body })).status).toBe(204);
    }
    return name;
  }

  test.each([
    ["an integer beyond 2^53", "12345678901234567890"],
    ["the spelling of numbers", "[1.0,1e2,1E+2,-0,0.10]"],
    ["duplicate keys", '{"a":1,"a":2}'],
    ["the order of keys", '{"b":1,"a":2,"10":3,"9":4}'],
    ["escapes", '"\\u0041\\/\\n\\ud83d\\ude00"'],
    ["a lone surrogate's escape", '"\\ud800"'],
    ["white space within a message", '{ "a" : [ 1 , 2 ] }'],
    ["characters of four bytes", '"😀"'],
    ["a number no double can hold", "1e400"],
  ])("comes back with %s as sent", async (_, message) => {
    const name = await streamOf(`[${message}]`);
    expect((await s.http.get(name)).text).toBe(`[${message}]`);
    const sse = await EventStream.open(s.http.url(name, "?offset=-1&live=sse"));
    await sse.until(({ controls }) => controls.length > 0);
    expect(sse.payloads).toEqual([`[${message}]`]);
    sse.close();
  });

  test("an array is unwrapped one level, and white space between messages is no content", async () => {
    const name = await streamOf(' [ 1 , [2, 3] ,\n"x" ] ', "[[4]]", " null ");
    expect((await s.http.get(name)).text).toBe('[1,[2, 3],"x",[4],null]');
  });

  test.each([
    ["invalid UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["an overlong form", Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ["a surrogate in UTF-8", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["a byte order mark", Buffer.from("\uFEFF1")],
    ["nothing but white space", " \n"],
    ["two values", "1 2"],
    ["a trailing comma", "[1,]"],
    ["a control character in a string", '"a\nb"'],
    ["a leading zero", "01"],
    ["NaN", "NaN"],
    ["an unfinished text", '{"a":'],
    ["nesting without end", "[".repeat(100_000)],
  ])("%s is refused, on PUT and on POST, and stores nothing", async (_, body) => {
    const name = await streamOf("1");
    expectProblem(await s.http.post(name, { headers: JSON_TYPE, body }), {
      status: 400,
      code: "invalid_json",
    });
    expect((await s.http.get(name)).text).toBe("[1]");
    const other = s.name();
    expect((await s.http.put(other, { headers: JSON_TYPE, body })).status).toBe(400);
    expect((await s.http.head(other)).status).toBe(404);
  });

  test("4.3: an offset inside a message is answered from where its append begins, in every mode", async () => {
    const name = await streamOf("[0]", '[{"a":[1,2]},"x,y"]', "[3]");
    for (const position of [3, 8, 10, 16, 19]) {
      for (const live of ["", "&live=long-poll"])
        expect((await s.http.get(name, `?offset=${offset(position)}${live}`)).text).toBe(
          '[{"a":[1,2]},"x,y",3]',
        );
      const events = await EventStream.open(s.http.url(name, `?offset=${offset(position)}&live=sse`));
      await events.until(({ payloads }) => payloads.length > 0);
      expect(events.payloads).toEqual(['[{"a":[1,2]},"x,y",3]']);
      events.close();
    }
    expect((await s.http.get(name, `?offset=${offset(14)}`)).text).toBe('["x,y",3]');
  });

  test("an offset deep inside a long append is found, between its messages or not", async () => {
    const long = `"${"x".repeat(300_000)}"`;
    const name = await streamOf("[0]", `[${"1,".repeat(100_000)}${long},${"22,".repeat(50_000)}3]`);
    const tail = 2 + 200_000 + long.length + 1 + 150_000 + 2;
    expect((await s.http.get(name, `?offset=${offset(tail - 8)}`)).text).toBe("[22,22,3]");
    expect((await s.http.get(name, `?offset=${offset(200_002)}`)).text.slice(0, 10)).toBe('["xxxxxxxx');
    expect((await s.http.get(name, `?offset=${offset(199_998)}`)).text.slice(0, 10)).toBe('[1,1,"xxxx');
    for (const inside of [199_999, 350_000, tail - 9]) {
      const { text } = await s.http.get(name, `?offset=${offset(inside)}`);
      expect([text.length, text.slice(0, 5)]).toEqual([tail - 1, "[1,1,"]);
    }
  });

  test("any message boundary is an offset, also between the messages of one append", async () => {
    const name = await streamOf("[1,22]", "[333]");
    expect((await s.http.get(name, `?offset=${offset(2)}`)).text).toBe("[22,333]");
    expect((await s.http.get(name, `?offset=${offset(5)}`)).text).toBe("[333]");
    expect((await s.http.get(name, `?offset=${offset(9)}`)).text).toBe("[]");
  });

  test("a large stream is still one array", async () => {
    const message = JSON.stringify({ text: "x".repeat(50_000), list: [1, ","] });
    const name = await streamOf(...Array.from({ length: 12 }, () => message));
    const read = await s.http.get(name);
    expect(read.headers.get("Content-Length")).toBe(String(read.bytes.length));
    expect(JSON.parse(read.text)).toHaveLength(12);
    expect(read.text).toBe(`[${Array.from({ length: 12 }, () => message).join(",")}]`);
  });
});

throughEachDoor(
  "pages (protocol §12)",
  (s) => {
    const PAGE = 65_536;

    test("JSON pages end between messages, and none but the last claims the tail or the end", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE });
      const messages = Array.from({ length: 40 }, (_, index) => `"${index},${"x".repeat(7000)}"`);
      await s.http.post(name, { headers: JSON_TYPE, body: `[${messages.join(",")}]` });
      await s.http.post(name, { headers: { "Stream-Closed": "true" } });
      const seen: string[] = [];
      let pages = 0;
      for (let from = offset(0); ; pages++) {
        const page = await s.http.get(name, `?offset=${from}`);
        expect(page.bytes.length).toBeLessThanOrEqual(PAGE + 1);
        seen.push(...(JSON.parse(page.text) as string[]));
        from = page.next;
        const isLast = page.headers.has("Stream-Up-To-Date");
        expect(page.headers.has("Stream-Closed")).toBe(isLast);
        if (isLast) break;
      }
      expect(pages).toBeGreaterThan(3);
      expect(seen.map((message) => JSON.stringify(message))).toEqual(messages);
    });

    test("a message longer than a page is a page of its own", async () => {
      const name = s.name();
      const long = JSON.stringify("y".repeat(3 * PAGE));
      await s.http.put(name, { headers: JSON_TYPE, body: `[1,${long},2]` });
      const first = await s.http.get(name);
      const second = await s.http.get(name, `?offset=${first.next}`);
      const third = await s.http.get(name, `?offset=${second.next}`);
      expect([first.text, second.text.length, third.text]).toEqual(["[1]", long.length + 2, "[2]"]);
      expect(third.headers.get("Stream-Up-To-Date")).toBe("true");
    });

    test("byte pages add up to the stream, each with its own tag, in long-polls too", async () => {
      const name = s.name();
      const body = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
      await s.http.put(name, { body });
      const parts: Buffer[] = [];
      const tags = new Set<string>();
      for (let from = offset(0); ; ) {
        const page = await s.http.get(name, `?offset=${from}&live=long-poll`);
        parts.push(page.bytes);
        tags.add(page.headers.get("ETag")!);
        from = page.next;
        if (page.headers.has("Stream-Up-To-Date")) break;
      }
      expect(Buffer.concat(parts).equals(body)).toBe(true);
      expect([parts.length, tags.size]).toEqual([4, 4]);
    });
  },
  () => ({ pageBytes: 65_536 }),
);

throughEachDoor(
  "long JSON bodies",
  (s) => {
    const LIMIT = 65_536;

    test("a message longer than the limit gets 413, and the place where it begins", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE });
      const body = `[1,"${"x".repeat(LIMIT - 1)}"]`;
      const answer = await s.http.post(name, { headers: JSON_TYPE, body });
      expectProblem(answer, { status: 413, code: "json_message_too_large" });
      expect(answer.text).toContain("byte 3 of the body");
      const other = await s.http.put(s.name(), { headers: JSON_TYPE, body });
      expectProblem(other, { status: 413, code: "json_message_too_large" });
      expect((await s.http.get(name)).text).toBe("[]");
    });

    test("one of many short messages is stored whole, white space apart, by POST and by PUT", async () => {
      const body = `[${"1 , 22,".repeat(40_000)}"${"x".repeat(LIMIT - 2)}"]`;
      const [created, name] = [s.name(), s.name()];
      await s.http.put(created, { headers: JSON_TYPE, body });
      await s.http.put(name, { headers: JSON_TYPE });
      expect((await s.http.post(name, { headers: JSON_TYPE, body })).status).toBe(204);
      for (const each of [created, name])
        expect((await s.http.get(each)).text).toBe(body.replaceAll(" ", ""));
    });

    test("a mistake at its very end refuses all of it", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE });
      const body = `[${"1,".repeat(100_000)}]`;
      const answer = await s.http.post(name, { headers: JSON_TYPE, body });
      expectProblem(answer, { status: 400, code: "invalid_json" });
      expect(answer.text).toContain(`byte ${body.length - 1} of the body`);
    });

    test("what happens to the stream while its messages are found counts", async () => {
      const name = s.name();
      await s.http.put(name, { headers: JSON_TYPE });
      const body = `[${"1,".repeat(1_000_000)}1]`;
      const long = s.http.post(name, { headers: JSON_TYPE, body });
      await s.http.post(name, { headers: { "Stream-Closed": "true" } });
      const { status, text } = await long;
      const stored = (await s.http.get(name)).text;
      expect([status, stored]).toEqual(text === "" ? [204, body] : [409, "[]"]);
    });
  },
  () => ({ jsonMessageBytes: 65_536 }),
);
