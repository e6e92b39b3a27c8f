// How customers show at the HTTP edge.
import { err, ok } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { CursorInvalid, CustomerMissing, CustomerOnCall, CustomersBusy, DetailsInvalid, FieldMissing, MergeSame, MergeTooMuch, NumberTaken, StoreAway } from "./customers.errors.ts";
import type { CustomerFields, Customers } from "./customers.ports.ts";

type RouteError = CursorInvalid | CustomerMissing | CustomerOnCall | CustomersBusy | DetailsInvalid | FieldMissing | MergeSame | MergeTooMuch | NumberTaken | StoreAway;
const faces = {
  "customer-missing": { status: 404, code: "customer-missing", title: "There is no such customer" },
  "cursor-invalid": problems.badCursor,
  "details-invalid": problems.invalid,
  "number-taken": { status: 409, code: "number-taken", title: "Another customer has this number" },
  "customer-on-call": { status: 409, code: "customer-on-call", title: "This customer is on the phone", detail: "Try again when the call has ended." },
  "merge-same": { status: 422, code: "merge-same", title: "These two are one customer already", errors: [{ pointer: "/with", detail: "Choose another customer" }] },
  "merge-too-much": { status: 422, code: "merge-too-much", title: "These two cannot be merged" },
  "customers-busy": { status: 503, code: "customers-busy", title: "Calls of these customers are just being written down", detail: "Nothing was changed. Try again in a moment.", retryAfterS: 2 },
  "field-missing": { status: 404, code: "field-missing", title: "There is no such field" },
  "store-away": problems.storeAway,
} as const satisfies Record<RouteError["type"], HttpProblem>;

function problemOf(error: RouteError): HttpProblem {
  const face: HttpProblem = faces[error.type];
  switch (error.type) {
    case "details-invalid": return { ...face, errors: error.errors };
    case "number-taken": return { ...face, errors: [{ pointer: `/numbers/${error.index}/number`, detail: `${error.number} belongs to ${error.by}` }] };
    case "merge-too-much": return { ...face, detail: `Together they would have ${error.what}.` };
    default: return face;
  }
}

/** The value as it is, or the problem that the error is. */
const answer = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: RouteError }) => (result.ok ? result : err(problemOf(result.error)));

export function customerRoutes({ customers, fields }: { readonly customers: Customers; readonly fields: CustomerFields }) {
  return {
    listCustomers: async ({ query }) => {
      const page = await customers.search(query);
      return page.ok ? ok({ items: [...page.value.items], nextCursor: page.value.nextCursor }) : err(problemOf(page.error));
    },
    createCustomer: async ({ body }) => answer(await customers.create(body)),
    getCustomer: async ({ params }) => answer(await customers.get(params.id)),
    updateCustomer: async ({ params, body }) => answer(await customers.update(params.id, body)),
    deleteCustomer: async ({ params }, { user }) => {
      const removed = await customers.remove(params.id, user.id);
      return removed.ok ? ok({}) : err(problemOf(removed.error));
    },
    previewMerge: async ({ params, body }) => answer(await customers.previewMerge(params.id, body.with, body.take)),
    mergeCustomers: async ({ params, body }, { user }) => answer(await customers.merge(params.id, body.with, body.take, user.id)),
    listCustomerTags: async () => {
      const tags = await customers.tags();
      return tags.ok ? ok({ items: [...tags.value] }) : err(problemOf(tags.error));
    },
    listCustomerFields: async () => ok({ items: [...fields.all()] }),
    createCustomerField: async ({ body }, { user }) => answer(await fields.create(body, user.id)),
    updateCustomerField: async ({ params, body }, { user }) => answer(await fields.update(params.key, body, user.id)),
    orderCustomerFields: async ({ body }, { user }) => {
      const ordered = await fields.order(body.keys, user.id);
      return ordered.ok ? ok({ items: [...ordered.value] }) : err(problemOf(ordered.error));
    },
  } satisfies SomeHandlers;
}
