import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { CustomerId } from "@ringdesk/std";
import { IconAlarm, IconArrowBackUp, IconArrowRight, IconCheck, IconClockPause, IconHistory, IconLanguage, IconMessagePlus, IconNote, IconRotate, IconTag, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment, useEffect, useRef, type ReactNode } from "react";
import { describeError } from "../api/client.ts";
import { timelineQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { Entry } from "../ui/entry.tsx";
import { Failed, Nothing, Rows } from "../ui/states.tsx";
import { dayHeading, fullTime, shortDay, timeOfDay } from "../words/time.ts";
import { changeLine } from "../words/calls.ts";
import { CallEntry } from "./call-entry.tsx";
import { MessageEntry } from "./message-entry.tsx";
import { timelineRows, type Change, type TimelineRow } from "./timeline-rows.ts";

const changeIcons = {
  created: <IconMessagePlus size={17} />, assigned: <IconUserCheck size={17} />, unassigned: <IconUserOff size={17} />, transferred: <IconArrowRight size={17} />,
  snoozed: <IconClockPause size={17} />, woken: <IconAlarm size={17} />, done: <IconCheck size={17} />, reopened: <IconRotate size={17} />, "wrap-up": <IconHistory size={17} />,
  tagged: <IconTag size={17} />, language: <IconLanguage size={17} />, restored: <IconArrowBackUp size={17} />,
} as const satisfies Record<Change["change"], ReactNode>;

function AnyEntry({ row }: { readonly row: TimelineRow }) {
  const { timeZone } = useHouseStyle();
  const { entry } = row;
  const time = <Text span size="xs" c="dimmed" className="rd-number" title={fullTime(entry.at, timeZone)}>{timeOfDay(entry.at, timeZone)}</Text>;
  if ("changes" in row) return <CallEntry call={row.entry.call} changes={row.changes} time={time} />;
  switch (row.entry.kind) {
    case "note": return (
      <Entry icon={<IconNote size={17} />} color="yellow" data-testid="timeline-entry" data-kind="note">
        <Group justify="space-between" mih={34}><Text size="sm" fw={600}>Note by {row.entry.author}</Text>{time}</Group>
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{row.entry.text}</Text>
      </Entry>
    );
    case "conversation": return (
      <Entry icon={changeIcons[row.entry.change]} color="gray" data-testid="timeline-entry" data-kind="conversation">
        <Group justify="space-between" mih={34} wrap="nowrap"><Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{changeLine(row.entry, (at) => `${shortDay(at, Date.now(), timeZone)}, ${timeOfDay(at, timeZone)}`)}{row.entry.by !== null && ` · ${row.entry.by}`}</Text>{time}</Group>
      </Entry>
    );
    case "message": return <MessageEntry message={row.entry} time={time} />;
  }
}

/** Calls `more` when the end of the list comes into view. */
function End({ more, loading }: { readonly more: () => void; readonly loading: boolean }) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    if (mark.current === null) return;
    const observer = new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) latest.current(); }, { rootMargin: "300px" });
    observer.observe(mark.current);
    return () => { observer.disconnect(); };
  }, []);
  return <div ref={mark}><Group justify="center" mt="md"><Button variant="default" size="sm" loading={loading} onClick={more}>Show earlier</Button></Group></div>;
}

/** All that happened with one customer, newest first, as it happens (CRM-3). */
export function Timeline({ customerId }: { readonly customerId: CustomerId }) {
  const { timeZone } = useHouseStyle();
  const list = useInfiniteQuery(timelineQuery(customerId));
  if (list.isPending) return <Rows />;
  if (list.isError && list.data === undefined) return <Failed {...describeError(list.error)} again={() => void list.refetch()} />;
  const rows = timelineRows(list.data.pages.flatMap((page) => page.items));
  if (rows.length === 0) return <Nothing icon={<IconHistory />} title="Nothing has happened yet">Calls and notes appear here as they happen.</Nothing>;
  const now = Date.now();
  const more = (): void => { if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage(); };
  return (
    <>
      <Stack gap={10} data-testid="timeline" aria-live="polite" aria-relevant="additions">
        {rows.map((row, index) => {
          const heading = dayHeading(row.entry.at, now, timeZone);
          const before = rows[index - 1];
          const isNew = before === undefined || dayHeading(before.entry.at, now, timeZone) !== heading;
          return (
            <Fragment key={row.entry.id}>
              {isNew && <Title order={2} fz={13} c="dimmed" fw={600} mt={index === 0 ? 0 : 10}>{heading}</Title>}
              <AnyEntry row={row} />
            </Fragment>
          );
        })}
      </Stack>
      {list.hasNextPage && <End more={more} loading={list.isFetchingNextPage} />}
    </>
  );
}
