// What keeps a change of routing's settings from being made.
import type { HttpProblem } from "../platform/index.ts";
import { problems } from "../platform/index.ts";

export type FieldFault = { readonly pointer: string; readonly detail: string };
export type SettingsError =
  | { readonly type: "setting-missing" }
  /** Each fault at its field, by JSON pointer. */
  | { readonly type: "setting-invalid"; readonly errors: readonly FieldFault[] }
  /** Something leads to it; in words, for whoever wants to delete it. */
  | { readonly type: "setting-in-use"; readonly by: readonly string[] }
  | { readonly type: "default-queue-kept" }
  | { readonly type: "too-many"; readonly limit: number }
  | { readonly type: "store-away" };

/** The one table between these errors and HTTP. */
export function settingsProblem(error: SettingsError): HttpProblem {
  switch (error.type) {
    case "setting-missing": return { status: 404, code: error.type, title: "This is not there any more", detail: "Somebody may have deleted it meanwhile." };
    case "setting-invalid": return { status: 422, code: "invalid", title: "Check what you entered", errors: error.errors };
    case "setting-in-use": return { status: 409, code: error.type, title: "This is in use", detail: `${sentence(error.by)} Change that first.` };
    case "default-queue-kept": return { status: 409, code: error.type, title: "The default queue stays", detail: "It takes what no rule placed, so that no call is lost." };
    case "too-many": return { status: 409, code: error.type, title: `There are ${error.limit} already`, detail: "Delete one that is not needed any more." };
    case "store-away": return problems.storeAway;
  }
}

const sentence = (parts: readonly string[]): string => {
  const text = parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)} ${parts.length === 1 ? "leads" : "lead"} here.`;
};

export const fault = (pointer: string, detail: string): { readonly type: "setting-invalid"; readonly errors: readonly FieldFault[] } => ({ type: "setting-invalid", errors: [{ pointer, detail }] });
