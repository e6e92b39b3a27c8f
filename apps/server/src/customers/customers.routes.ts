// How customers show at the HTTP edge.
import { err, ok } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { CursorInvalid, CustomerMissing, StoreAway } from "./customers.errors.ts";
import type { Customers } from "./customers.ports.ts";

type RouteError = CursorInvalid | CustomerMissing | StoreAway;
const faces = {
  "customer-missing": { status: 404, code: "customer-missing", title: "There is no such customer" },
  "cursor-invalid": { status: 422, code: "invalid", title: "Check what you entered", errors: [{ pointer: "/query/cursor", detail: "This is not a cursor of this list" }] },
  "store-away": problems.storeAway,
} as const satisfies Record<RouteError["type"], HttpProblem>;

export function customerRoutes(customers: Customers) {
  return {
    listCustomers: async ({ query }) => {
      const page = await customers.search(query);
      return page.ok ? ok({ items: [...page.value.items], nextCursor: page.value.nextCursor }) : err(faces[page.error.type]);
    },
    getCustomer: async ({ params }) => {
      const got = await customers.get(params.id);
      return got.ok ? got : err(faces[got.error.type]);
    },
    updateCustomer: async ({ params, body }) => {
      const got = await customers.update(params.id, body);
      return got.ok ? got : err(faces[got.error.type]);
    },
  } satisfies SomeHandlers;
}
