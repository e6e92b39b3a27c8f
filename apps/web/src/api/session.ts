import type { Session } from "@ringdesk/contract/http";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { formatNumber } from "../words/phone.ts";
import { sessionQuery } from "./queries.ts";

/** Who is signed in. Pages behind the sign-in always have one: the router loads it first. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (data === undefined) throw new Error("no session");
  return data;
}

/** How the organisation writes times and numbers. */
export function useHouseStyle(): { readonly timeZone: string; readonly country: string; readonly format: (number: string) => string } {
  const { organisation } = useSession();
  const { timeZone, country } = organisation;
  const format = useCallback((number: string) => formatNumber(number, country), [country]);
  return useMemo(() => ({ timeZone, country, format }), [timeZone, country, format]);
}
