/** So many watchers of one stream, each with a connection of its own, which take what comes and count it. */
import { Agent, get } from "node:http";

const [url, count] = process.argv.slice(2);
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
const events = new Array(Number(count)).fill(0);

await Promise.all(
  events.map(
    (_, watcher) =>
      new Promise((resolve, reject) => {
        get(`${url}?offset=-1&live=sse`, { agent }, (response) => {
          response.on("data", () => events[watcher]++);
          response.once("data", resolve);
        }).on("error", reject);
      }),
  ),
);
const before = [...events];
process.send("ready");
process.on("message", () => {
  const since = events.map((all, watcher) => all - before[watcher]);
  process.send({
    least: Math.min(...since),
    events: Math.round(since.reduce((sum, each) => sum + each, 0) / since.length),
  });
});
