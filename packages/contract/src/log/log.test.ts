import { expect, test } from "vitest";
import { maskText, maskValue } from "./index.ts";

test("SEC-6 numbers, addresses and e-mail addresses do not stand in a log line; times and ids do", () => {
  expect(maskText("call from +12025550123 at 12:34:56 by 192.0.2.7 and 2001:db8::1, ana@acme.example, id 0198c0ffee12345678901234567890ab"))
    .toBe("call from …0123 at 12:34:56 by (address) and (address), (e-mail), id 0198c0ffee12345678901234567890ab");
  expect(maskValue({ err: new Error("no route to +442079460000"), list: ["+12025550123"], n: 12_025_550_123 }))
    .toMatchObject({ err: { message: "no route to …0000" }, list: ["…0123"], n: 12_025_550_123 });
});
