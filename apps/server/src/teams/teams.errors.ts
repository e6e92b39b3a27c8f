/** Every way in which a change of teams or sub-statuses can fail for reasons outside our code. */
export type TeamsError =
  | { readonly type: "team-missing" }
  | { readonly type: "teams-full"; readonly max: number }
  | { readonly type: "name-taken" }
  | { readonly type: "user-missing" }
  | { readonly type: "queue-missing" }
  /** Only to those who have not confirmed it. */
  | { readonly type: "calls-would-strand"; readonly queues: readonly { readonly name: string; readonly waiting: number }[] }
  | { readonly type: "status-missing" }
  | { readonly type: "statuses-full"; readonly max: number };
