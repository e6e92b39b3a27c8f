import { expect, test } from "vitest";
import { isOwnPage, type RequestOrigin } from "./csrf.rules.ts";

const OWN = "https://phone.example.com";
const cases: readonly (readonly [string, Partial<RequestOrigin>, boolean])[] = [
  ["our page", { origin: OWN, secFetchSite: "same-origin" }, true],
  ["our page without fetch metadata", { origin: OWN }, true],
  ["our page by another name of this machine", { origin: "http://192.0.2.7:8080", host: "192.0.2.7:8080" }, true],
  ["a program", {}, true],
  ["an address typed by hand", { secFetchSite: "none" }, true],
  ["another site", { origin: "https://evil.example", secFetchSite: "cross-site" }, false],
  ["another site without fetch metadata", { origin: "https://evil.example" }, false],
  ["a sibling host", { origin: "https://other.example.com", secFetchSite: "same-site" }, false],
  ["another port of our host", { origin: "http://192.0.2.7:9999", host: "192.0.2.7:8080" }, false],
  ["a sandboxed frame", { origin: "null" }, false],
  ["a lying origin", { origin: OWN, secFetchSite: "cross-site" }, false],
];
for (const [name, given, allowed] of cases) {
  test(`SEC-1 a change from ${name} is ${allowed ? "taken" : "refused"}`, () => {
    expect(isOwnPage({ origin: null, secFetchSite: null, host: "phone.example.com", ...given }, OWN)).toBe(allowed);
  });
}
