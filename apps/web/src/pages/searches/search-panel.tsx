import { ActionIcon, Button, Group, Menu, MultiSelect, Text, Title } from "@mantine/core";
import { everything, faultsOf, type Criteria } from "@ringdesk/contract/criteria";
import { API_BASE, searchColumn, searchColumnWords, usualColumns, usualSort, type Search, type SearchColumn } from "@ringdesk/contract/http";
import type { ConversationId } from "@ringdesk/std";
import { IconAdjustmentsHorizontal, IconDots, IconDownload, IconPencil, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { fetchOrThrow } from "../../api/client.ts";
import { notifyError } from "../../api/failures.ts";
import { rowsOf } from "../../api/pages.ts";
import { keys } from "../../api/queries.ts";
import { searchResultsQuery } from "../../api/searches.ts";
import { useSession } from "../../api/session.ts";
import { CriteriaBuilder } from "../../forms/criteria-builder.tsx";
import type { CriteriaOptions } from "../../forms/criteria-options.ts";
import { notify } from "../../ui/notify.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { Results } from "./results.tsx";
import { SaveDialog, type Draft } from "./save-dialog.tsx";
import { countWords } from "./search-list.tsx";

const blank: Draft = { criteria: { match: "all", items: [{ field: "conversation.status", operator: "is", value: "open" }] }, sort: usualSort, columns: usualColumns };
const draftOf = (search: Search | null): Draft => (search === null ? blank : { criteria: search.criteria, sort: search.sort, columns: search.columns });
const same = (a: Draft, b: Draft): boolean => JSON.stringify([a.criteria, a.sort, a.columns]) === JSON.stringify([b.criteria, b.sort, b.columns]);
/** By pointer, as the builder shows them. */
const problemsOf = (criteria: Criteria): Readonly<Record<string, string>> => Object.fromEntries(faultsOf(criteria, "search").map(({ path, detail }) => [`/${path.join("/")}`.replace(/^\/$/, ""), detail]));

function useSearchActions(search: Search | null, draft: Draft, reset: () => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const save = useMutation({
    mutationFn: (id: Search["id"]) => fetchOrThrow("updateSearch", { params: { id }, body: { criteria: draft.criteria, sort: draft.sort, columns: [...draft.columns] } }),
    onSuccess: async () => { await queries.invalidateQueries({ queryKey: keys.searches }); reset(); },
    onError: notifyError,
  });
  const remove = useMutation({
    mutationFn: (id: Search["id"]) => fetchOrThrow("deleteSearch", { params: { id } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.searches });
      notify("info", `“${search?.name ?? ""}” is deleted`);
      await navigate({ to: "/searches", search: {} });
    },
    onError: notifyError,
  });
  return { save, remove };
}

function Tools({ search, isChanged, edits, toggle, rename, remove }: { readonly search: Search | null; readonly isChanged: boolean; readonly edits: boolean; readonly toggle: () => void; readonly rename: () => void; readonly remove: () => void }) {
  const { permissions } = useSession();
  return (
    <Group gap={6}>
      <Button size="compact-sm" variant="default" leftSection={<IconAdjustmentsHorizontal size={15} />} aria-expanded={edits} onClick={toggle}>Conditions</Button>
      {search !== null && permissions.includes("export") && <Button size="compact-sm" variant="default" component="a" href={`${API_BASE}/searches/${search.id}/export.csv`} download leftSection={<IconDownload size={15} />} title={isChanged ? "Exports the search as it is saved" : undefined}>Export</Button>}
      {search?.mayChange === true && (
        <Menu position="bottom-end">
          <Menu.Target><ActionIcon variant="default" size={26} aria-label="More for this search"><IconDots size={15} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={rename}>Name and sharing</Menu.Item>
            <Menu.Item leftSection={<IconTrash size={15} />} color="red" onClick={remove}>Delete search</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

type EditorProps = { readonly draft: Draft; readonly put: (draft: Draft) => void; readonly options: CriteriaOptions; readonly problems: Readonly<Record<string, string>> };
function Editor({ draft, put, options, problems }: EditorProps) {
  return (
    <div style={{ padding: "12px 16px", borderTop: "1px solid var(--rd-line)" }}>
      <CriteriaBuilder scope="search" value={draft.criteria} onChange={(criteria) => { put({ ...draft, criteria: criteria.items.length === 0 ? everything : criteria }); }} options={options} problems={problems} whenEmpty="Every conversation is found." />
      <MultiSelect mt="sm" size="sm" label="Columns" data={searchColumn.options.map((value) => ({ value, label: searchColumnWords[value] }))} value={[...draft.columns]} onChange={(columns) => { if (columns.length > 0) put({ ...draft, columns: columns as SearchColumn[] }); }} />
    </div>
  );
}

/** One search: its conditions, what it finds, and what can be done with it. Remount it for another search. */
export function SearchPanel({ search, options }: { readonly search: Search | null; readonly options: CriteriaOptions }) {
  const navigate = useNavigate();
  const { user } = useSession();
  const [changed, setChanged] = useState<Draft | null>(null);
  const draft = changed ?? draftOf(search);
  const isChanged = changed !== null && !same(changed, draftOf(search));
  const [edits, setEdits] = useState(search === null);
  /** Somebody wanted to save: what is unfinished is marked. */
  const [wanted, setWanted] = useState(false);
  const [dialog, setDialog] = useState<"new" | "name" | null>(null);
  const [ids, select] = useState<ReadonlySet<ConversationId>>(new Set());
  const [all, setAll] = useState(false);
  const { save, remove } = useSearchActions(search, draft, () => { setChanged(null); });
  const problems = problemsOf(draft.criteria);
  const isWhole = Object.keys(problems).length === 0;
  const [valid, setValid] = useState(draft.criteria);
  if (isWhole && valid !== draft.criteria) setValid(draft.criteria);
  const list = useInfiniteQuery(searchResultsQuery(valid, draft.sort));
  const rows = rowsOf(list.data);
  const count = list.data?.pages[0]?.count ?? undefined;
  const whenWhole = (act: () => void) => (): void => {
    setWanted(!isWhole);
    if (isWhole) act(); else setEdits(true);
  };
  const put = (next: Draft): void => { setChanged(next); setAll(false); if (next.criteria !== draft.criteria) select(new Set()); };
  const chosen = all ? count ?? 0 : ids.size;
  return (
    <section className="rd-card" aria-label={search?.name ?? "New search"} style={{ minWidth: 0 }}>
      <Group justify="space-between" px="md" py={10} gap="xs">
        <Group gap={8} style={{ minWidth: 0 }}>
          <Title order={2} fz={16} style={{ overflowWrap: "anywhere" }}>{search?.name ?? "New search"}</Title>
          <Text size="sm" c="dimmed" role="status" data-testid="result-count">{isWhole ? `${countWords(count)} found` : "Finish the conditions to see what they find"}</Text>
        </Group>
        <Tools search={search} isChanged={isChanged} edits={edits} toggle={() => { setEdits(!edits); }} rename={() => { setDialog("name"); }} remove={() => { if (search !== null) remove.mutate(search.id); }} />
      </Group>
      {edits && <Editor draft={draft} put={put} options={options} problems={wanted ? problems : {}} />}
      {(isChanged || search === null) && (
        <Group gap={6} px="md" py={8} style={{ borderTop: "1px solid var(--rd-line)" }}>
          {search?.mayChange === true && <Button size="compact-sm" loading={save.isPending} onClick={whenWhole(() => { save.mutate(search.id); })}>Save changes</Button>}
          <Button size="compact-sm" variant={search?.mayChange === true ? "default" : "filled"} onClick={whenWhole(() => { setDialog("new"); })}>{search === null ? "Save search" : "Save as new"}</Button>
          {isChanged && <Button size="compact-sm" variant="subtle" color="gray" onClick={() => { setChanged(null); setWanted(false); }}>Discard changes</Button>}
        </Group>
      )}
      {chosen > 0 && (
        <Group gap="sm" px="md" py={8} style={{ borderTop: "1px solid var(--rd-line)", background: "var(--rd-soft)" }}>
          <Text size="sm" fw={550}>{countWords(chosen)} chosen</Text>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => { select(new Set()); setAll(false); }}>Clear</Button>
          {!all && count !== undefined && count > ids.size && ids.size >= rows.length && <Button size="compact-sm" variant="subtle" onClick={() => { setAll(true); }}>Choose all {countWords(count)}</Button>}
          <BulkBar target={all ? { criteria: valid } : { ids: [...ids] }} count={chosen} options={options} done={() => { select(new Set()); setAll(false); }} />
        </Group>
      )}
      <div style={{ borderTop: "1px solid var(--rd-line)" }}>
        <Results columns={draft.columns} sort={draft.sort} onSort={(sort) => { put({ ...draft, sort }); }} options={options} selection={user.role === "agent" ? null : { ids, select: (next) => { select(next); setAll(false); } }}
          list={{ rows, isPending: list.isPending, error: list.error, again: () => void list.refetch(), more: list.hasNextPage ? () => void list.fetchNextPage() : null, isFetchingMore: list.isFetchingNextPage }} />
      </div>
      {dialog !== null && <SaveDialog search={dialog === "name" ? search : null} draft={draft} close={() => { setDialog(null); }} saved={(made) => { setDialog(null); if (dialog === "new") { setChanged(null); void navigate({ to: "/searches", search: { search: made.id } }); } }} />}
    </section>
  );
}
