import { Button, Checkbox, Group, ScrollArea, Table, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { MAX_BULK_IDS, searchColumnWords, type ConversationLine, type SearchColumn, type SearchSort } from "@ringdesk/contract/http";
import type { ConversationId } from "@ringdesk/std";
import { IconArrowDown, IconArrowUp, IconFilterSearch } from "@tabler/icons-react";
import { describeError } from "../../api/client.ts";
import type { CriteriaOptions } from "../../forms/criteria-options.ts";
import { useNow } from "../../ui/now.ts";
import { Failed, Nothing, Rows } from "../../ui/states.tsx";
import { firstDirection, ResultCell, sortOf } from "./columns.tsx";

export type Selection = { readonly ids: ReadonlySet<ConversationId>; readonly select: (ids: ReadonlySet<ConversationId>) => void };
type ResultsProps = {
  readonly list: {
    readonly rows: readonly ConversationLine[]; readonly isPending: boolean; readonly error: Error | null; readonly again: () => void;
    readonly more: (() => void) | null; readonly isFetchingMore: boolean;
  };
  readonly columns: readonly SearchColumn[];
  readonly sort: SearchSort;
  readonly onSort: (sort: SearchSort) => void;
  readonly options: CriteriaOptions;
  /** Null when nothing can be done with many. */
  readonly selection: Selection | null;
};

function Heading({ column, sort, onSort }: { readonly column: SearchColumn } & Pick<ResultsProps, "sort" | "onSort">) {
  const by = sortOf[column];
  if (by === undefined) return <Table.Th>{searchColumnWords[column]}</Table.Th>;
  const isSorted = sort.by === by;
  const next = isSorted ? (sort.direction === "asc" ? "desc" : "asc") : firstDirection(by);
  return (
    <Table.Th aria-sort={isSorted ? (sort.direction === "asc" ? "ascending" : "descending") : "none"}>
      <UnstyledButton className="rd-sort" onClick={() => { onSort({ by, direction: next }); }}>
        {searchColumnWords[column]}{isSorted && (sort.direction === "asc" ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />)}
      </UnstyledButton>
    </Table.Th>
  );
}

/** What a search finds. */
export function Results({ list, columns, sort, onSort, options, selection }: ResultsProps) {
  const now = useNow(false);
  const { rows } = list;
  if (list.isPending) return <Rows count={8} height={24} />;
  if (list.error !== null && rows.length === 0) return <Failed {...describeError(list.error)} again={list.again} />;
  if (rows.length === 0) return <Nothing icon={<IconFilterSearch />} title="Nothing is found">No conversation meets these conditions now. New ones appear by themselves.</Nothing>;
  const chosen = rows.filter((row) => selection?.ids.has(row.id) === true).length;
  const toggle = (id: ConversationId): void => {
    const ids = new Set(selection?.ids);
    if (!ids.delete(id) && ids.size < MAX_BULK_IDS) ids.add(id);
    selection?.select(ids);
  };
  return (
    <>
      <ScrollArea type="auto" scrollbars="x" offsetScrollbars="x">
        <Table verticalSpacing={8} horizontalSpacing="xs" highlightOnHover aria-label="Conversations found" className="rd-results" miw={columns.length * 100}>
          <Table.Thead>
            <Table.Tr>
              {selection !== null && <Table.Th w={40}><Checkbox size="xs" aria-label="Select all shown" checked={chosen > 0 && chosen === rows.length} indeterminate={chosen > 0 && chosen < rows.length}
                onChange={() => { selection.select(chosen === rows.length ? new Set() : new Set(rows.slice(0, MAX_BULK_IDS).map((row) => row.id))); }} /></Table.Th>}
              {columns.map((column) => <Heading key={column} column={column} sort={sort} onSort={onSort} />)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.id} data-testid="search-result" data-conversation-id={row.id} {...(selection?.ids.has(row.id) === true ? { bg: "var(--mantine-color-brand-light)" } : {})}>
                {selection !== null && <Table.Td><Checkbox size="xs" aria-label={`Select the conversation with ${row.customerName ?? row.customerNumber ?? row.customerEmail ?? "a hidden number"}`} checked={selection.ids.has(row.id)} onChange={() => { toggle(row.id); }} /></Table.Td>}
                {columns.map((column) => <Table.Td key={column} maw={240}><ResultCell row={row} column={column} options={options} now={now} /></Table.Td>)}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {list.more !== null && <Group justify="center" p="sm"><Button variant="default" size="sm" loading={list.isFetchingMore} onClick={list.more}>Show more</Button></Group>}
      {list.error !== null && <Text size="sm" c="var(--mantine-color-error)" p="sm" role="alert">{describeError(list.error).title}</Text>}
      <VisuallyHidden role="status">{rows.length} conversations shown</VisuallyHidden>
    </>
  );
}
