// The processes of the bench: a model that streams tokens, a server of streams, and the proxy.
import { createServer as createHttpServer } from "node:http";
import { createProxyServer } from "@perennial/proxy";
import { createServer } from "@perennial/server";

const [role, ...args] = process.argv.slice(2);

async function startModel() {
  const server = createHttpServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    let left = Number(searchParams.get("tokens"));
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = () => {
      response.write('data: {"choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}]}\n\n');
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      response.end("data: [DONE]\n\n");
    };
    const timer = setInterval(say, Number(searchParams.get("pace")));
    say();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://localhost:${server.address().port}`;
}

async function startStreams() {
  const server = createServer({ port: 0 });
  await server.start();
  return server.url;
}

async function startProxy(durableStreamsUrl, jwtSecret) {
  const options = { host: "127.0.0.1", port: 0, durableStreamsUrl, jwtSecret };
  return (await createProxyServer({ ...options, allowlist: ["http://localhost:*/**"] })).url;
}

const roles = { model: startModel, streams: startStreams, proxy: startProxy };
console.log(await roles[role](...args));
