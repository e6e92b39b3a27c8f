import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { createFakePositionStore } from "./position-store.fake.ts";
import { createPgPositionStore } from "./position-store.pg.ts";
import type { PositionStore } from "./telephony.ports.ts";

function positionStoreContract(store: () => PositionStore): void {
  test("begins empty, keeps the latest, never goes back within one life, and follows the next life", async () => {
    const positions = store();
    const stored = async (): Promise<unknown> => {
      const loaded = await positions.load();
      return loaded.ok ? loaded.value : loaded.error;
    };
    expect(await stored()).toBeNull();
    for (const seq of [5, 9, 7]) expect(await positions.save({ epoch: "e1", seq })).toEqual({ ok: true, value: undefined });
    expect(await stored()).toEqual({ epoch: "e1", seq: 9 });
    await positions.save({ epoch: "e2", seq: 1 });
    expect(await stored()).toEqual({ epoch: "e2", seq: 1 });
  });
}

describe("in memory", () => positionStoreContract(createFakePositionStore));

describe("in PostgreSQL", () => {
  let database: { readonly db: Database; readonly close: () => Promise<void> };
  beforeAll(async () => { database = await migratedDatabase(); });
  afterAll(() => database.close());
  positionStoreContract(() => createPgPositionStore(database.db));
});
