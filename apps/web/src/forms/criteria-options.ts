// What the values of conditions can be chosen from, as far as the organisation decides it.
import { customerLanguages } from "@ringdesk/contract/http";
import type { ValueSource } from "@ringdesk/contract/criteria";
import { useQuery } from "@tanstack/react-query";
import { numbersQuery, queuesQuery, usersQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";

export type Option = { readonly value: string; readonly label: string };
/** Fields that the organisation has added to its customers; `choices` is empty when anything can be entered. */
export type CustomOption = { readonly field: string; readonly label: string; readonly choices: readonly Option[] };
export type CriteriaOptions = { readonly [source in ValueSource]: readonly Option[] } & { readonly custom: readonly CustomOption[] };

/** The languages that customers and conversations can have. */
export const languageOptions: Option[] = Object.entries(customerLanguages).map(([value, label]) => ({ value, label }));

/** The options that every page has at hand. `more` adds those that only some may read. */
export function useCriteriaOptions(more: Partial<Pick<CriteriaOptions, "teams" | "tags" | "custom">> = {}): CriteriaOptions {
  const { format } = useHouseStyle();
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const users = useQuery(usersQuery).data?.items ?? [];
  const numbers = useQuery(numbersQuery).data?.items ?? [];
  return {
    queues: queues.map(({ id, name }) => ({ value: id, label: name })),
    users: users.map(({ id, name }) => ({ value: id, label: name })),
    numbers: numbers.map(({ number, label }) => ({ value: number, label: `${label} (${format(number)})` })),
    languages: languageOptions, teams: more.teams ?? [], tags: more.tags ?? [], custom: more.custom ?? [],
  };
}
