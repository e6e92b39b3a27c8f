import { ME } from "@ringdesk/contract/criteria";
import type { SearchId } from "@ringdesk/std";
import { IconFilterSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { customerFieldsQuery } from "../../api/customers.ts";
import { searchChoicesQuery, searchesQuery } from "../../api/searches.ts";
import { useCriteriaOptions } from "../../forms/criteria-options.ts";
import { useLive } from "../../softphone/desk.tsx";
import { Nothing } from "../../ui/states.tsx";
import { Unread } from "../list-card.tsx";
import { Heading } from "../page.tsx";
import { SearchList } from "./search-list.tsx";
import { SearchPanel } from "./search-panel.tsx";

const route = getRouteApi("/desk/searches");

/** Searches over conversations with live counts (CRM-4). */
export function SearchesPage() {
  const { search: wanted, new: isNew = false } = route.useSearch();
  const live = useLive();
  useEffect(() => live.watchTopic("searches"), [live]);
  const searches = useQuery(searchesQuery);
  const choices = useQuery(searchChoicesQuery).data;
  const fields = useQuery(customerFieldsQuery).data?.items ?? [];
  const known = useCriteriaOptions({
    teams: choices?.teams.map(({ id, name }) => ({ value: id, label: name })) ?? [],
    tags: choices?.tags.map((tag) => ({ value: tag, label: tag })) ?? [],
    custom: fields.filter((field) => !field.retired).map(({ key, name, kind, choices: values }) => ({
      field: `customer.custom.${key}`, label: name,
      choices: kind === "boolean" ? [{ value: "true", label: "Yes" }, { value: "false", label: "No" }] : values.map((value) => ({ value, label: value })),
    })),
  });
  const options = { ...known, users: [{ value: ME, label: "Me" }, ...known.users] };
  const items = searches.data?.items ?? [];
  const chosen = isNew ? null : items.find((each) => each.id === wanted as SearchId | undefined) ?? (wanted === undefined ? items[0] ?? null : null);
  return (
    <>
      <Heading title="Searches" />
      <div className="rd-searches">
        <Unread list={searches} shape={{ count: 5 }} />
        {searches.isSuccess && <SearchList searches={items} counts={searches.data.counts} chosen={chosen?.id ?? null} />}
        {searches.isSuccess && (chosen !== null || isNew
          ? <SearchPanel key={chosen?.id ?? "new"} search={chosen} options={options} />
          : <div className="rd-card"><Nothing icon={<IconFilterSearch />} title="There is no such search">It was deleted, or it is somebody else&apos;s. Choose another one.</Nothing></div>)}
      </div>
    </>
  );
}
