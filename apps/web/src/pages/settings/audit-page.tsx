import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import type { AuditEntry } from "@ringdesk/contract/http";
import { IconArrowRight, IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { rowsOf } from "../../api/pages.ts";
import { accountsQuery, auditQuery, permissionSetsQuery, teamsQuery } from "../../api/people.ts";
import { numbersQuery, queuesQuery } from "../../api/queries.ts";
import { skillsQuery } from "../../api/routing-settings.ts";
import { useHouseStyle } from "../../api/session.ts";
import { Nothing } from "../../ui/states.tsx";
import { fullTime, preciseTime, shortDay } from "../../words/time.ts";
import { zonedDay } from "../../words/zoned-time.ts";
import { ListCard, More } from "../list-card.tsx";
import { Heading } from "../page.tsx";
import { auditDifferences, auditKind, auditSubject } from "./audit-words.ts";

const kinds = [
  { value: "user", label: "Users" }, { value: "permission-set", label: "Permission sets" }, { value: "team", label: "Teams" }, { value: "status", label: "Statuses" }, { value: "queue", label: "Queues" }, { value: "rule", label: "Rules" },
  { value: "routing", label: "Routing" }, { value: "skill", label: "Skills" }, { value: "schedule", label: "Business schedules" }, { value: "number", label: "Numbers" }, { value: "customer", label: "Customers" }, { value: "conversation", label: "Conversations" }, { value: "search", label: "Searches" },
  { value: "device", label: "Devices" }, { value: "recording", label: "Recordings" }, { value: "session", label: "Sign-ins" }, { value: "organisation", label: "Organisation" },
];

/** Names of what entries speak of by id. */
function useNames(): ReadonlyMap<string, string> {
  const accounts = useQuery(accountsQuery).data?.items;
  const teams = useQuery(teamsQuery).data?.items;
  const sets = useQuery(permissionSetsQuery).data?.items;
  const queues = useQuery(queuesQuery).data?.items;
  const numbers = useQuery(numbersQuery).data?.items;
  const skills = useQuery(skillsQuery).data?.items;
  return useMemo(() => new Map<string, string>([
    ...(accounts ?? []).map((each) => [each.id, each.name] as const), ...(teams ?? []).map((each) => [each.id, each.displayName] as const), ...(sets ?? []).map((each) => [each.id, each.name] as const),
    ...(queues ?? []).map((each) => [each.id, each.name] as const), ...(numbers ?? []).map((each) => [each.id, each.number] as const), ...(skills ?? []).map((each) => [each.id, each.name] as const),
  ]), [accounts, teams, sets, queues, numbers, skills]);
}

function Entry({ entry, names }: { readonly entry: AuditEntry; readonly names: ReadonlyMap<string, string> }) {
  const { timeZone } = useHouseStyle();
  const subject = auditSubject(entry.before, entry.after, names);
  const differences = auditDifferences(entry.before, entry.after, names, timeZone).filter((each) => each.field !== "Name" || each.after !== subject || each.before !== null);
  return (
    <article className="rd-audit" data-testid="audit-entry" data-what={entry.what}>
      <Text size="xs" c="dimmed" className="rd-number" title={fullTime(entry.at, timeZone)}>{shortDay(entry.at, Date.now(), timeZone)}<br />{preciseTime(entry.at, timeZone)}</Text>
      <div style={{ minWidth: 0 }}>
        <Text size="sm"><b>{auditKind(entry.what)}</b>{subject !== null && <>: {subject}</>}</Text>
        <Text size="xs" c="dimmed">by {entry.whoName ?? (entry.who === null ? "the system" : "somebody who is not here any more")}</Text>
        {differences.length > 0 && (
          <dl className="rd-facts" style={{ marginTop: 6 }}>
            {differences.map(({ field, before, after }) => [
              <dt key={`${field} name`}>{field}</dt>,
              <dd key={field}>
                {before !== null && <del>{before}</del>}
                {before !== null && after !== null && <IconArrowRight size={13} aria-label="became" style={{ margin: "0 6px", verticalAlign: "-2px" }} />}
                {after ?? (entry.after === null ? null : <Text span size="sm" c="dimmed">{before === null ? "–" : " → nothing"}</Text>)}
              </dd>,
            ])}
          </dl>
        )}
      </div>
    </article>
  );
}

/** Who changed what, when, and what it was before (ORG-4). */
export function AuditPage() {
  const names = useNames();
  const accounts = useQuery(accountsQuery).data?.items ?? [];
  const [who, setWho] = useState<string | null>(null);
  const [what, setWhat] = useState<string | null>(null);
  const [days, setDays] = useState({ from: "", to: "" });
  const { timeZone } = useHouseStyle();
  const range = { from: zonedDay(days.from, timeZone)?.first ?? null, to: zonedDay(days.to, timeZone)?.last ?? null };
  const log = useInfiniteQuery({ ...auditQuery({ who, what, ...range }), placeholderData: (old) => old });
  const entries = rowsOf(log.data);
  const narrowed = who !== null || what !== null || days.from !== "" || days.to !== "";
  return (
    <>
      <Heading title="Audit log" />
      <Group mb="md" gap="sm" align="flex-end">
        <Select w={190} label="Who" placeholder="Anybody" clearable searchable data={accounts.map((each) => ({ value: each.id as string, label: each.name }))} value={who} onChange={setWho} />
        <Select w={180} label="What" placeholder="Anything" clearable searchable data={kinds} value={what} onChange={setWhat} />
        <TextInput w={150} type="date" label="From" value={days.from} onChange={(event) => { setDays({ ...days, from: event.currentTarget.value }); }} />
        <TextInput w={150} type="date" label="To" value={days.to} onChange={(event) => { setDays({ ...days, to: event.currentTarget.value }); }} />
        {narrowed && <Button variant="subtle" color="gray" onClick={() => { setWho(null); setWhat(null); setDays({ from: "", to: "" }); }}>Clear</Button>}
      </Group>
      <ListCard list={log} shape={{ height: 32 }} empty={entries.length === 0 && <Nothing icon={<IconHistory />} title={narrowed ? "Nothing fits" : "Nothing yet"}>{narrowed ? "Choose other people, kinds or days." : "Changes of settings are kept here."}</Nothing>}>
        {entries.map((entry) => <Entry key={entry.seq} entry={entry} names={names} />)}
        <More list={log}>Show older entries</More>
      </ListCard>
    </>
  );
}
