// The typed client of the REST API. It follows from the route map; nothing is generated.
import { api, API_BASE, problem, type Api, type ClientInput, type OperationId, type Problem, type Response as Answer, type Route } from "@ringdesk/contract/http";
import { err, ok, type Result } from "@ringdesk/std";

/** Every way a request can fail for reasons outside the page. */
export type Failure =
  /** The server said no, with a reason. */
  | { readonly type: "refused"; readonly problem: Problem }
  /** No answer: the server is away or the network is. */
  | { readonly type: "unreachable" }
  /** An answer that this page does not understand, usually because the server is newer than the page. */
  | { readonly type: "unreadable"; readonly detail: string };

/** Sends one request. Slow answers are cut off after this long, unless the route asks for more patience. */
export const REQUEST_TIMEOUT_MS = 15_000;

type Loose = { readonly params?: Record<string, unknown>; readonly query?: Record<string, unknown>; readonly body?: unknown };

/** The URL of a route with its parameters filled in; query values that are undefined are left out. */
export function urlOf(route: Route, input: Loose): string {
  const path = route.path.replace(/:([a-zA-Z]+)/g, (_, key: string) => encodeURIComponent(String(input.params?.[key] ?? "")));
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input.query ?? {})) if (value !== undefined) query.set(key, String(value));
  const search = query.toString();
  return `${API_BASE}${path}${search === "" ? "" : `?${search}`}`;
}

async function send(route: Route, input: Loose, signal: AbortSignal | undefined): Promise<Result<Response, Failure>> {
  const limit = AbortSignal.timeout(route.patienceMs ?? REQUEST_TIMEOUT_MS);
  try {
    return ok(await fetch(urlOf(route, input), {
      method: route.method,
      credentials: "same-origin",
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: { accept: "application/json", ...(route.body === undefined ? {} : { "content-type": "application/json" }) },
      ...(route.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    }));
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown; // the caller gave up: not a failure to show
    return err({ type: "unreachable" });
  }
}

async function refusal(answer: Response): Promise<Failure> {
  const parsed = problem.safeParse(await answer.json().catch(() => null));
  if (parsed.success) return { type: "refused", problem: parsed.data };
  // A proxy in front of a stopped server answers with a page of its own.
  if (answer.status >= 502 && answer.status <= 504) return { type: "unreachable" };
  return { type: "refused", problem: { type: "about:blank", title: `The server answered ${answer.status}`, status: answer.status, code: "unknown" } };
}

/**
 * Calls one operation of the API.
 * @param input parameters, query and body as the route map says; `{}` when it has none.
 */
export async function request<K extends OperationId>(operation: K, input: ClientInput<Api[K]>, signal?: AbortSignal): Promise<Result<Answer<Api[K]>, Failure>> {
  const route: Route = api[operation];
  const sent = await send(route, input as Loose, signal);
  if (!sent.ok) return sent;
  if (!sent.value.ok) return err(await refusal(sent.value));
  const parsed = route.response.safeParse(sent.value.status === 204 ? {} : await sent.value.json().catch(() => null));
  return parsed.success ? ok(parsed.data as Answer<Api[K]>) : err({ type: "unreadable", detail: parsed.error.message });
}

/** A failure as an exception, for the query library, which knows no other way. */
export class RequestError extends Error {
  override name = "RequestError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(describeFailure(failure).title);
    this.failure = failure;
  }
}

/** Like {@link request}, but throws a {@link RequestError}. */
export async function fetchOrThrow<K extends OperationId>(operation: K, input: ClientInput<Api[K]>, signal?: AbortSignal): Promise<Answer<Api[K]>> {
  const result = await request(operation, input, signal);
  if (result.ok) return result.value;
  throw new RequestError(result.error);
}

/** Words for a person. */
export function describeFailure(failure: Failure): { readonly title: string; readonly detail: string } {
  switch (failure.type) {
    case "refused": return { title: failure.problem.title, detail: failure.problem.detail ?? "" };
    case "unreachable": return { title: "The server cannot be reached", detail: "Calls in progress go on. This page tries again by itself." };
    case "unreadable": return { title: "This page is out of date", detail: "The server was updated. Reload the page." };
  }
}

/** The same in one line. */
export function inOneSentence(failure: Failure): string {
  const { title, detail } = describeFailure(failure);
  return detail === "" ? title : `${title}. ${detail}`;
}

/** The same for anything that was thrown. */
export function describeError(error: unknown): { readonly title: string; readonly detail: string } {
  if (error instanceof RequestError) return describeFailure(error.failure);
  return { title: "Something went wrong on this page", detail: error instanceof Error ? error.message : "" };
}

/** Whether the server refused with this code of a problem. */
export const isRefusedAs = (error: unknown, code: string): boolean => error instanceof RequestError && error.failure.type === "refused" && error.failure.problem.code === code;

/** Whether the failure means that nobody is signed in. */
export const isSignedOut = (failure: Failure): boolean => failure.type === "refused" && failure.problem.status === 401;

/** The messages for the fields of a form, by the JSON pointer's path without its leading slash: `owner/email`. */
export function fieldErrors(failure: Failure): Readonly<Record<string, string>> {
  if (failure.type !== "refused") return {};
  const errors: Record<string, string> = {};
  for (const each of failure.problem.errors ?? []) errors[each.pointer.replace(/^#?\/?(body\/)?/, "")] ??= each.detail;
  return errors;
}
