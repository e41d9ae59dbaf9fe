/** Requests for tests of single operations: web-standard ones, as the fetch door hands them on. */
import { type Config, parseConfig } from "../../src/config.ts";
import { FetchRequest } from "../../src/http/doors/fetch/fetch-request.ts";
import { BodyBudget } from "../../src/http/limits/body-budget.ts";

export const CONFIG: Config = parseConfig({});

/** Bodies may have 100 bytes. */
export function requestOf(method: string, target: string, init: RequestInit = {}): FetchRequest {
  const request = new Request(`http://test${target}`, { method, ...init });
  return new FetchRequest(request, CONFIG, new BodyBudget(100, 100));
}
