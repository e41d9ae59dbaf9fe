import { IdempotentProducer } from "@perennial/client";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

const change = (operation: string, type: string, key: string, value?: unknown) => ({
  type,
  key,
  ...(value !== undefined && { value }),
  headers: { operation, timestamp: "2026-01-01T00:00:00Z" },
});
const EVENTS = [
  change("insert", "user", "1", { name: "Ada", age: 35 }),
  change("insert", "user", "2", { name: "Grace" }),
  change("update", "user", "1", { name: "Ada", age: 36 }),
  change("delete", "user", "2"),
  change("insert", "task", "t", { title: "Wash" }),
];

test("a state stream has a table per type, at the position that is looked at", async () => {
  const handle = await explorer.server.create("board", "application/json", JSON.stringify(EVENTS));
  const page = await explorer.open("/streams/board?panel=state");
  const cells = () =>
    page
      .locator(".state-table tbody tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent).join(" ")));
  await expect.poll(cells).toEqual(["1 Ada 36"]);
  await page.getByRole("button", { name: "task 1" }).click();
  await expect.poll(cells).toEqual(["t Wash"]);
  await page.getByRole("slider").fill("2");
  await expect.poll(cells).toEqual(["1 Ada 35", "2 Grace "]);
  await page.getByRole("slider").fill("3");
  await expect.poll(cells).toEqual(["1 Ada 36", "2 Grace "]);
  await page.getByRole("button", { name: "Back to now" }).click();
  await handle.append(JSON.stringify(change("insert", "user", "3", { name: "Alan" })));
  await page.getByRole("button", { name: "user 2" }).click();
  await expect.poll(cells).toEqual(["1 Ada 36", "3 Alan "]);
});

test("a table is filtered and sorted, shows what was deleted, and lights up what changes", async () => {
  const handle = await explorer.server.create("table", "application/json", JSON.stringify(EVENTS));
  await handle.append(JSON.stringify(change("insert", "user", "7", { name: "Zoe", age: 9 })));
  const page = await explorer.open("/streams/table?panel=state");
  const keys = () => page.locator(".entity-key").allTextContents();
  await expect.poll(keys).toEqual(["1", "7"]);
  await page.getByRole("button", { name: "age", exact: true }).click();
  await expect.poll(keys).toEqual(["7", "1"]);
  await page.getByRole("searchbox", { name: "Filter user" }).fill("age>10");
  await expect.poll(keys).toEqual(["1"]);
  await page.getByRole("searchbox", { name: "Filter user" }).fill("");
  await page.getByRole("button", { name: "Deleted 1" }).click();
  await expect.poll(() => page.locator("tr.deleted").textContent()).toBe("2deletedGrace");
  await page.getByRole("button", { name: "2", exact: true }).click();
  await expect.poll(() => page.locator(".operation").allTextContents()).toEqual(["delete", "insert"]);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "name", exact: true }).check();
  expect(await page.locator("thead th").allTextContents()).toEqual(["key", "name"]);
  await page.keyboard.press("Escape");
  await handle.append(JSON.stringify(change("update", "user", "7", { name: "Zoë", age: 9 })));
  await expect.poll(() => page.locator(".flash").allTextContents()).toEqual(["Zoë"]);
});

test("a row tells its history, with what each event changed, and leads to each", async () => {
  await explorer.server.create("past", "application/json", JSON.stringify(EVENTS));
  const page = await explorer.open("/streams/past?panel=state");
  await page.getByRole("button", { name: "1", exact: true }).click();
  const history = page.getByRole("complementary", { name: "History of the row" });
  await expect
    .poll(() => history.locator("li li").allTextContents())
    .toEqual(["age: 35 → 36", '{"name":"Ada","age":35}']);
  await history.locator(".history-head button").last().click();
  await page.getByText("As it was after 1 of 5").waitFor();
});

test("a stream without state says so", async () => {
  await explorer.server.create("stateless", "application/json", '[1,{"a":1}]');
  const page = await explorer.open("/streams/stateless?panel=state");
  await page.getByText("No message up to here is an event of the State Protocol.").waitFor();
});

test("producers are shown with epoch, last sequence and when they were last seen", async () => {
  const handle = await explorer.server.create("written", "application/json");
  const producer = new IdempotentProducer(handle, "importer-1", { epoch: 4, lingerMs: 0 });
  producer.append("1");
  await producer.flush({ rejectOnError: true });
  const page = await explorer.open("/streams/written?panel=producers");
  const row = page.locator("tbody tr");
  await expect
    .poll(() => row.locator("th, td").allTextContents())
    .toEqual(["importer-1", "4", "0", expect.stringMatching(/now|ago/)]);
  producer.append("2");
  await producer.flush({ rejectOnError: true });
  await expect.poll(() => row.locator("td").nth(1).textContent()).toBe("1");
});
