import { Alert, CloseButton, Group, Popover, Select, Stack, Text, TextInput } from "@mantine/core";
import type { CustomerId, NumberId } from "@ringdesk/std";
import { IconPhone, IconPhoneOutgoing } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { describeFailure } from "../api/client.ts";
import { notifyFailure } from "../api/failures.ts";
import { numbersQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { Keypad } from "../ui/keypad.tsx";
import { notify } from "../ui/notify.ts";
import { ReasonButton, ReasonIcon } from "../ui/reason-button.tsx";
import { editNumber, readNumber, type Entry } from "../words/phone.ts";
import { useDesk, useDeskActions } from "./desk.tsx";
import { microphoneHelp, browserOf } from "./microphone-help.ts";
import { canUseMicrophones } from "./microphone.ts";

/** Why no call can be made now; null when one can (TEAM-3). */
export function useDialReason(): string | null {
  const desk = useDesk();
  if (desk === undefined) return "Your desk is still loading";
  if (desk.call !== null) return "You are on a call";
  if (desk.offer !== null) return "A call is ringing for you";
  return desk.dialer.allowed ? null : desk.dialer.why;
}

const hint = (entry: Entry): string => {
  switch (entry.kind) {
    case "empty": return "Any usual form, also with country code";
    case "unfinished": case "invalid": return entry.why;
    case "valid": return entry.international ? `International call to ${entry.shown}` : `Call ${entry.shown}`;
  }
};

function useDial(done: () => void) {
  const { dial } = useDeskActions();
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const start = async (to: string, from: NumberId | null, customerId: CustomerId | null): Promise<void> => {
    setPending(true);
    setProblem(null);
    const failed = await dial(to, from, customerId);
    setPending(false);
    if (failed === null) { done(); return; }
    if (typeof failed !== "string") { const { title, detail } = describeFailure(failed); setProblem(detail === "" ? title : `${title}. ${detail}`); return; }
    const help = microphoneHelp(failed, browserOf(navigator.userAgent), canUseMicrophones());
    setProblem([`${help.title}.`, ...help.steps].join(" "));
  };
  return { start, pending, problem, clear: () => { setProblem(null); } };
}

function DialerForm({ onDone }: { readonly onDone: () => void }) {
  const { country, format } = useHouseStyle();
  const numbers = useQuery(numbersQuery);
  const [typed, setTyped] = useState("");
  const [from, setFrom] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const { start, pending, problem, clear } = useDial(onDone);
  const entry = readNumber(typed, country);
  const type = (value: string, atEnd = true): void => { setTyped(editNumber(typed, value, atEnd, country)); setAsked(false); clear(); };
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { input.current?.focus(); }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(true);
    if (entry.kind === "valid") void start(entry.number, (from ?? null) as NumberId | null, null);
  };
  const wrong = entry.kind === "invalid" || (asked && entry.kind === "unfinished");
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput ref={input} data-autofocus aria-label="Number to call" placeholder="(202) 555-0123" size="md" inputMode="tel" autoComplete="off" value={typed} maxLength={40} data-testid="dialer-number"
          onChange={(event) => { type(event.currentTarget.value, event.currentTarget.selectionStart === event.currentTarget.value.length); }} error={wrong ? hint(entry) : null} description={wrong ? undefined : hint(entry)} inputWrapperOrder={["input", "description", "error"]}
          rightSection={typed === "" ? null : <CloseButton size="sm" aria-label="Clear" onClick={() => { type(""); }} />} />
        <Keypad keyHeight={42} onKey={(key) => { type(typed + key); }} />
        <Select label="Call from" size="sm" clearable={false} value={from ?? ""} onChange={(value) => { setFrom(value === "" ? null : value); }} comboboxProps={{ withinPortal: false }} data-testid="dialer-from"
          data={[{ value: "", label: "The number they last used" }, ...(numbers.data?.items ?? []).map((each) => ({ value: each.id as string, label: `${each.label} · ${format(each.number)}` }))]} />
        {problem !== null && <Alert color="red" variant="light" p="xs" role="alert">{problem}</Alert>}
        <ReasonButton type="submit" color="call" leftSection={<IconPhone size={17} />} loading={pending} data-testid="dialer-call"
          reason={entry.kind === "empty" ? "Enter a number first" : wrong ? hint(entry) : null}>Call</ReasonButton>
      </Stack>
    </form>
  );
}

/** The dialer of the status bar (CALL-1, CALL-2). */
export function Dialer() {
  const [open, setOpen] = useState(false);
  const [dialled, setDialled] = useState(false);
  const reason = useDialReason();
  // Once it rings, the focus goes to the call and not back to a button that says why it cannot be used.
  return (
    <Popover opened={open && reason === null} onChange={setOpen} position="bottom-end" width={288} trapFocus returnFocus={!dialled && reason === null} withinPortal>
      <Popover.Target>
        <ReasonButton variant="default" size="sm" px={12} leftSection={<IconPhoneOutgoing size={16} />} reason={reason} data-testid="dialer-open" aria-expanded={open} onClick={() => { setDialled(false); setOpen(!open); }}>Call</ReasonButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Call a number"><DialerForm onDone={() => { setDialled(true); setOpen(false); }} /></Popover.Dropdown>
    </Popover>
  );
}

/** A customer's number with a button that calls it. */
export function NumberLine({ number, customerId }: { readonly number: string; readonly customerId: CustomerId }) {
  const { format } = useHouseStyle();
  const reason = useDialReason();
  const { dial } = useDeskActions();
  const [pending, setPending] = useState(false);
  const call = async (): Promise<void> => {
    setPending(true);
    const failed = await dial(number, null, customerId);
    setPending(false);
    if (failed === null) return;
    if (typeof failed === "string") notify("error", microphoneHelp(failed, browserOf(navigator.userAgent), canUseMicrophones()).title);
    else notifyFailure(failed);
  };
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm" className="rd-number">{format(number)}</Text>
      <ReasonIcon size="sm" variant="subtle" color="call" label={`Call ${format(number)}`} reason={reason} loading={pending} data-testid="call-number" onClick={() => void call()}><IconPhone size={15} /></ReasonIcon>
    </Group>
  );
}

