import { HandleRequests } from "./requests.ts";

/** What a producer needs to know of a handle. */
export interface Target {
  readonly url: string;
  readonly contentType?: string;
}

/** The requests of each handle, for those who write on its behalf; not part of the handle's own surface. */
const requestsByHandle = /* @__PURE__ */ new WeakMap<object, HandleRequests>();

export function registerRequests(handle: object, requests: HandleRequests): void {
  requestsByHandle.set(handle, requests);
}

/** How a handle sends its requests: its address, headers, parameters, `fetch` and retries. */
export function requestsOf(handle: { readonly url: string }): HandleRequests {
  return requestsByHandle.get(handle) ?? new HandleRequests({ url: handle.url });
}
