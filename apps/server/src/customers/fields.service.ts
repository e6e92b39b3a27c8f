import { err, ok, type Result } from "@ringdesk/std";
import type { CustomerField } from "@ringdesk/contract/http";
import { createTurns } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { reach, type Database } from "../platform/index.ts";
import type { DetailsInvalid, StoreAway } from "./customers.errors.ts";
import type { CustomerFields } from "./customers.ports.ts";
import { distinct } from "./details.rules.ts";
import { saveFields, selectFields } from "./field.pg.ts";
import { keyOf } from "./field.rules.ts";

const MAX_FIELDS = 100;

/** Reads the fields. Rejects while the database is away. */
export async function createCustomerFields({ db, audit }: { readonly db: Database; readonly audit: Audit }): Promise<CustomerFields> {
  let fields = await selectFields(db);
  /** Changes come one after the other, so that none is written over. */
  const inTurn = createTurns();
  const save = async (next: readonly CustomerField[]): Promise<Result<null, StoreAway>> => {
    const saved = await reach(() => saveFields(db, next));
    if (!saved.ok) return saved;
    fields = next;
    return ok(null);
  };
  const check = (field: CustomerField): DetailsInvalid | null => {
    const wrong = (pointer: string, detail: string): DetailsInvalid => ({ type: "details-invalid", errors: [{ pointer, detail }] });
    if (fields.some((each) => each.key !== field.key && each.name.toLowerCase() === field.name.toLowerCase())) return wrong("/name", "Another field has this name");
    if (field.kind === "choice" && field.choices.length === 0) return wrong("/choices", "Add at least one choice");
    return null;
  };

  return {
    all: () => fields,
    create: ({ name, kind, choices }, by) => inTurn(async () => {
      if (fields.length >= MAX_FIELDS) return err({ type: "details-invalid" as const, errors: [{ pointer: "/name", detail: `There are ${MAX_FIELDS} fields already` }] });
      const field: CustomerField = { key: keyOf(name, new Set(fields.map((each) => each.key))), name, kind, choices: kind === "choice" ? [...distinct(choices)] : [], retired: false };
      const wrong = check(field);
      if (wrong !== null) return err(wrong);
      const saved = await save([...fields, field]);
      if (!saved.ok) return saved;
      await audit.record(by, "customer-field.created", null, field);
      return ok(field);
    }),
    update: (key, change, by) => inTurn(async () => {
      const before = fields.find((each) => each.key === key);
      if (before === undefined) return err({ type: "field-missing" as const });
      const { name = before.name, choices = before.choices, retired = before.retired } = change;
      const field: CustomerField = { ...before, name, retired, choices: before.kind === "choice" ? [...distinct(choices)] : [] };
      const wrong = check(field);
      if (wrong !== null) return err(wrong);
      const saved = await save(fields.map((each) => (each.key === key ? field : each)));
      if (!saved.ok) return saved;
      await audit.record(by, "customer-field.changed", before, field);
      return ok(field);
    }),
    order: (keys, by) => inTurn(async () => {
      const place = (field: CustomerField): number => (keys.includes(field.key) ? keys.indexOf(field.key) : keys.length);
      const before = fields.map((each) => each.key);
      const saved = await save([...fields].sort((a, b) => place(a) - place(b)));
      if (!saved.ok) return saved;
      await audit.record(by, "customer-fields.ordered", { keys: before }, { keys: fields.map((each) => each.key) });
      return ok(fields);
    }),
  };
}
