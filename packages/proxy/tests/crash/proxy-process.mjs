// A proxy as a process that can be killed: options as JSON, and its address on the first line.
import { createProxyServer } from "@perennial/proxy";

const { url } = await createProxyServer(JSON.parse(process.argv[2]));
console.log(url);
