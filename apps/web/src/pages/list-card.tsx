import { Button, Group, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { Failed, Rows } from "../ui/states.tsx";

type Reading = { readonly isPending: boolean; readonly isError: boolean; readonly error: Error | null; readonly refetch: () => unknown };
type Shape = { readonly count?: number; readonly height?: number };

function Unfinished({ list, shape }: { readonly list: Reading; readonly shape: Shape | undefined }) {
  if (list.isPending) return <Rows {...shape} />;
  return list.isError ? <Failed {...describeError(list.error)} again={() => void list.refetch()} /> : null;
}

/** A card in place of what is still being read or could not be; nothing once it is there. */
export function Unread({ list, shape }: { readonly list: Reading; readonly shape?: Shape }) {
  return list.isPending || list.isError ? <div className="rd-card"><Unfinished list={list} shape={shape} /></div> : null;
}

/** The card of a list: its shape while it is read, why it could not be, and what stands there when it is `empty`. */
export function ListCard({ list, shape, empty, className, children }: {
  readonly list: Reading; readonly shape?: Shape; readonly empty?: ReactNode; readonly className?: string; readonly children?: ReactNode;
}) {
  return (
    <div className={className === undefined ? "rd-card" : `rd-card ${className}`}>
      <Unfinished list={list} shape={shape} />
      {!list.isPending && !list.isError && empty}
      {children}
    </div>
  );
}

/** The table in it; none without rows. On a narrow screen it scrolls sideways below `minWidth` pixels. */
export function ListTable({ minWidth, head, children }: { readonly minWidth: number; readonly head: ReactNode; readonly children: readonly ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <Table.ScrollContainer type="native" minWidth={minWidth}>
      <Table verticalSpacing={9} horizontalSpacing="md">
        <Table.Thead><Table.Tr>{head}</Table.Tr></Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The way to the next page of a list that has one. */
export function More({ list, children = "Show more" }: { readonly list: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly fetchNextPage: () => unknown }; readonly children?: string }) {
  return list.hasNextPage ? <Group justify="center" p="sm"><Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{children}</Button></Group> : null;
}
