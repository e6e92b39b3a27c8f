/** Every way in which a change of users, permission sets, links or passwords can fail for reasons outside our code. */
export type PeopleError =
  | { readonly type: "user-missing" }
  | { readonly type: "email-taken" }
  | { readonly type: "users-full"; readonly max: number }
  /** The owner stays an active admin. */
  | { readonly type: "owner-stays"; readonly pointer: string }
  /** Nobody takes rights from themselves, by mistake or otherwise. */
  | { readonly type: "not-yourself"; readonly pointer: string }
  | { readonly type: "on-call"; readonly name: string }
  | { readonly type: "state-wrong"; readonly why: string }
  | { readonly type: "set-missing" }
  | { readonly type: "set-in-use"; readonly users: readonly string[] }
  | { readonly type: "sets-full"; readonly max: number }
  | { readonly type: "name-taken" }
  | { readonly type: "link-over" }
  | { readonly type: "password-weak"; readonly why: string }
  | { readonly type: "password-wrong" }
  | { readonly type: "too-many-tries"; readonly waitMs: number }
  | { readonly type: "sign-ins-busy" };
