import { describe } from "vitest";
import { factLogContract } from "./fact-log.contract.ts";
import { createFakeFactLog } from "./fact-log.fake.ts";

describe("the log of facts in memory", () => {
  const log = createFakeFactLog();
  factLogContract(() => log);
});
