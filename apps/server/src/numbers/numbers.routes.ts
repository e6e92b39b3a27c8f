import { err, ok } from "@ringdesk/std";
import type { HttpProblem, SomeHandlers } from "../platform/index.ts";
import type { NumberError, NumberSettings, SupportNumbers } from "./numbers.ports.ts";

export const numberRoutes = (numbers: SupportNumbers, settings: NumberSettings) => ({
  listNumbers: async () => ok({ items: [...numbers.all()] }),
  updateNumber: async ({ params, body }, { user }) => {
    const updated = await settings.update(params.id, body, user.id);
    return updated.ok ? updated : err(numberProblem(updated.error));
  },
}) satisfies SomeHandlers;

const faces = {
  "number-missing": { status: 404, title: "There is no such support number" },
  "change-invalid": { status: 422, title: "Check what you entered" },
  "store-away": { status: 503, title: "The database does not answer. Try again in a moment" },
} as const satisfies Record<NumberError["type"], { readonly status: number; readonly title: string }>;

const numberProblem = (error: NumberError): HttpProblem =>
  ({ ...faces[error.type], code: error.type === "change-invalid" ? "invalid" : error.type, ...(error.type === "change-invalid" ? { errors: error.errors } : {}) });
