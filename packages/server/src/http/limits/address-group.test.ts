import { expect, test } from "vitest";
import { addressGroup, isLoopback } from "./address-group.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::9", "2001:db8:0:0::/64"],
  ["2001:db8::1:2:3:4", "2001:db8:0:0::/64"],
  ["2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"],
  ["2001::", "2001:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
])("the connections of %s count for %s", (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test.each([
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["::ffff:127.0.0.1", true],
  ["::1", true],
  ["128.0.0.1", false],
  ["::2", false],
  ["::ffff:10.0.0.1", false],
])("%s: loopback is %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
