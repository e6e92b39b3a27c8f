/** Every way in which signing in or the first start can fail for reasons outside our code. */
export type SignInError =
  | { readonly type: "credentials-wrong" }
  | { readonly type: "too-many-tries"; readonly waitMs: number }
  | { readonly type: "sign-ins-busy" }
  | { readonly type: "store-away"; readonly detail: string };

export type SetupError =
  | { readonly type: "already-set-up" }
  | { readonly type: "time-zone-unknown"; readonly given: string }
  | { readonly type: "password-weak"; readonly why: string }
  | { readonly type: "store-away"; readonly detail: string };

type Face = { readonly status: number; readonly code: string; readonly title: string; readonly pointer?: string; readonly retryAfterS?: number };

/** How each looks over HTTP; the compiler refuses an error without a row. */
export const organisationFaces = {
  "credentials-wrong": { status: 401, code: "credentials-wrong", title: "E-mail address or password is wrong" },
  "too-many-tries": { status: 429, code: "too-many-tries", title: "Too many tries. Wait a little and try again" },
  "sign-ins-busy": { status: 503, code: "sign-ins-busy", title: "Many people are signing in. Try again in a moment", retryAfterS: 2 },
  "already-set-up": { status: 409, code: "already-set-up", title: "This Ringdesk is set up already. Sign in" },
  "time-zone-unknown": { status: 422, code: "invalid", title: "Check what you entered", pointer: "/organisation/timeZone" },
  "password-weak": { status: 422, code: "invalid", title: "Check what you entered", pointer: "/owner/password" },
  "store-away": { status: 503, code: "store-away", title: "The database does not answer at the moment", retryAfterS: 5 },
} as const satisfies Record<(SignInError | SetupError)["type"], Face>;
