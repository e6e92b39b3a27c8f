import { err, ok } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { NumberError, NumberSettings, SupportNumbers } from "./numbers.ports.ts";

export const numberRoutes = (numbers: SupportNumbers, settings: NumberSettings) => ({
  listNumbers: async () => ok({ items: [...numbers.all()] }),
  createNumber: async ({ body }, { user }) => {
    const created = await settings.create(body, user.id);
    return created.ok ? created : err(numberProblem(created.error));
  },
  updateNumber: async ({ params, body }, { user }) => {
    const updated = await settings.update(params.id, body, user.id);
    return updated.ok ? updated : err(numberProblem(updated.error));
  },
}) satisfies SomeHandlers;

/** Total: every error has its face. */
function numberProblem(error: NumberError): HttpProblem {
  switch (error.type) {
    case "number-missing": return { status: 404, code: error.type, title: "There is no such support number" };
    case "change-invalid": return { ...problems.invalid, errors: error.errors };
    case "store-away": return problems.storeAway;
  }
}
