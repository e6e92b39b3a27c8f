import { Alert, Group, Text } from "@mantine/core";
import type { Handset, SupportNumber } from "@ringdesk/contract/http";
import { IconBackspace, IconDialpad, IconHeadset, IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneOff } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { describeError, describeFailure } from "../api/client.ts";
import { applyUpdate, refreshQueries } from "../api/live-updates.ts";
import { openLive } from "../api/live.ts";
import { handsetQuery, keys, numbersQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { meterLevel } from "../softphone/level.ts";
import { browserOf, microphoneHelp } from "../softphone/microphone-help.ts";
import { canUseMicrophones } from "../softphone/microphone.ts";
import { createRinger } from "../softphone/ringer.ts";
import { Copy } from "../ui/copy.tsx";
import { Elapsed } from "../ui/elapsed.tsx";
import { Keypad } from "../ui/keypad.tsx";
import { Failed, Rows } from "../ui/states.tsx";
import { setCallTitle, usePageTitle } from "../ui/title.ts";
import { editNumber } from "../words/phone.ts";
import { createHandsetPhone, type HandsetPhone, type HandsetProblem, type HandsetView } from "./handset-phone.ts";

/** Keeps the handset fresh by the live connection; the handset is no desktop and rings no agent. */
function useLiveHandset(id: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (id === undefined) return;
    const live = openLive({
      apply: (update) => { applyUpdate(queries, update, () => undefined); },
      refresh: (forget) => { refreshQueries(queries, forget); },
      signedOut: () => { location.reload(); },
      checkSession: () => { void queries.invalidateQueries({ queryKey: keys.session }); },
      unreadable: () => undefined,
    }, { desktop: false });
    live.watchHandset(id);
    return () => { live.close(); };
  }, [id, queries]);
}

function usePhoneOf(handset: Handset | undefined): { readonly phone: HandsetPhone; readonly view: HandsetView } {
  const [phone] = useState(createHandsetPhone);
  const view = useSyncExternalStore(phone.subscribe, phone.view);
  const callId = handset?.call?.id ?? null;
  const last = useRef<string | null>(null);
  useEffect(() => () => { phone.close(); }, [phone]);
  useEffect(() => {
    if (last.current !== null && callId === null) phone.callEnded();
    last.current = callId;
  }, [phone, callId]);
  return { phone, view };
}

function useRinging(ringing: boolean, who: string): void {
  useEffect(() => {
    if (!ringing) return;
    const ringer = createRinger(false);
    ringer.start(() => undefined);
    setCallTitle(`${who} is calling`);
    return () => { ringer.stop(); setCallTitle(null); };
  }, [ringing, who]);
}

function problemWords(problem: HandsetProblem): string {
  switch (problem.type) {
    case "microphone": { const help = microphoneHelp(problem.why, browserOf(navigator.userAgent), canUseMicrophones()); return [`${help.title}.`, ...help.steps].join(" "); }
    case "server": { const { title, detail } = describeFailure(problem.failure); return detail === "" ? title : `${title}. ${detail}`; }
    case "connection": return "The connection was lost.";
  }
}

function Round({ kind, label, children, onClick, disabled = false, testId, pressed }: { readonly kind: "call" | "end" | "plain"; readonly label: string; readonly children: ReactNode; readonly onClick: () => void; readonly disabled?: boolean; readonly testId: string; readonly pressed?: boolean }) {
  return (
    <div style={{ display: "grid", justifyItems: "center", gap: 6 }}>
      <button type="button" className="rd-round" data-kind={kind} aria-label={label} disabled={disabled} onClick={onClick} data-testid={testId} {...(pressed === undefined ? {} : { "aria-pressed": pressed })}>{children}</button>
      <Text size="xs" c="dimmed" aria-hidden>{label}</Text>
    </div>
  );
}

const callStates = { dialling: "Calling…", ringing: "Ringing…", talking: "On a call" } as const;

/** A calm ring around the sign of the call that swells with the voice from the other side. */
function Voice({ remote, children }: { readonly remote: MediaStream | null; readonly children: ReactNode }) {
  const ring = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (remote === null || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    return meterLevel(remote, (level) => { ring.current?.style.setProperty("--rd-level", level.toFixed(2)); });
  }, [remote]);
  return <div ref={ring} className="rd-voice" aria-hidden>{children}</div>;
}

/** The face of the handset during a call, or while it rings. */
function OnCall({ handset, phone, view }: { readonly handset: Handset & { readonly call: NonNullable<Handset["call"]> }; readonly phone: HandsetPhone; readonly view: HandsetView }) {
  const { format } = useHouseStyle();
  const { call } = handset;
  const [keys, setKeys] = useState(false);
  const [digits, setDigits] = useState("");
  const incoming = call.direction === "in" && call.state === "ringing";
  const dialling = keys && !incoming;
  const label = useQuery(numbersQuery).data?.items.find((each) => each.number === call.with)?.label ?? null;
  useRinging(incoming && !view.busy, label ?? format(call.with));
  return (
    <>
      <div className="rd-who">
        {!dialling && <Voice remote={call.state === "talking" ? view.remote : null}>{label === null ? <IconPhone size={38} stroke={1.6} /> : <IconHeadset size={38} stroke={1.6} />}</Voice>}
        <Text fz={25} fw={600} lh={1.25} data-testid="handset-with" className={label === null ? "rd-number" : ""}>{label ?? format(call.with)}</Text>
        {label !== null && <Text c="dimmed" className="rd-number">{format(call.with)}</Text>}
        <Text c="dimmed" mt={10} aria-live="polite">{incoming ? "Incoming call" : callStates[call.state]}</Text>
        <Text fz={20} mih={31}>{call.state === "talking" && <Elapsed since={call.since} />}</Text>
      </div>
      {dialling && (
        <div>
          <Text ta="center" fz={22} mih={34} className="rd-number" aria-live="polite">{digits.slice(-14)}</Text>
          <Keypad keyHeight={54} onKey={(key) => { setDigits((old) => old + key); phone.sendDigits(key); }} />
        </div>
      )}
      <Group justify="space-evenly" py={26}>
        {incoming ? (
          <>
            <Round kind="end" label="Decline" testId="handset-decline" onClick={() => void phone.hangUp(handset)}><IconPhoneOff size={26} /></Round>
            <Round kind="call" label="Answer" testId="handset-answer" disabled={view.busy} onClick={() => void phone.answer(handset)}><IconPhone size={26} /></Round>
          </>
        ) : (
          <>
            <Round kind="plain" label={view.muted ? "Unmute" : "Mute"} testId="handset-mute" pressed={view.muted} onClick={() => { phone.setMuted(!view.muted); }}>{view.muted ? <IconMicrophoneOff size={24} /> : <IconMicrophone size={24} />}</Round>
            <Round kind="end" label="Hang up" testId="handset-hangup" onClick={() => void phone.hangUp(handset)}><IconPhoneOff size={26} /></Round>
            <Round kind="plain" label="Keypad" testId="handset-keypad" pressed={keys} onClick={() => { setKeys(!keys); }}><IconDialpad size={24} /></Round>
          </>
        )}
      </Group>
    </>
  );
}

function SupportNumbers({ numbers, disabled, onCall }: { readonly numbers: readonly SupportNumber[]; readonly disabled: boolean; readonly onCall: (number: string) => void }) {
  const { format } = useHouseStyle();
  if (numbers.length === 0) return null;
  return (
    <div style={{ marginTop: 18 }}>
      <Text size="xs" c="dimmed" mb={6}>Play the customer: call a support number, and answer at your desk</Text>
      <div className="rd-card" style={{ overflow: "hidden" }}>
        {numbers.map((each) => (
          <button key={each.id} type="button" className="rd-row rd-choice" disabled={disabled} data-testid="handset-support-number" data-number={each.number} onClick={() => { onCall(each.number); }}>
            <span style={{ minWidth: 0 }}><Text span display="block" size="sm" fw={600} truncate>{each.label}</Text><Text span size="sm" c="dimmed" className="rd-number">{format(each.number)}</Text></span>
            <IconPhone size={19} color="light-dark(#157f3c, #51c978)" aria-label="Call" />
          </button>
        ))}
      </div>
    </div>
  );
}

/** The face of the handset at rest: dial, or choose a support number. */
function AtRest({ handset, phone, view }: { readonly handset: Handset; readonly phone: HandsetPhone; readonly view: HandsetView }) {
  const { country } = useHouseStyle();
  const numbers = useQuery(numbersQuery).data?.items ?? [];
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const call = (to: string): void => { void phone.call(handset, to); };
  const type = (value: string, atEnd = true): void => { setTyped(editNumber(typed, value, atEnd, country)); };
  return (
    <form style={{ display: "contents" }} onSubmit={(event) => { event.preventDefault(); if (typed.trim() === "") input.current?.focus(); else call(typed); }}>
      <SupportNumbers numbers={numbers} disabled={view.busy} onCall={call} />
      <div className="rd-grow" style={{ display: "grid", alignContent: "end" }}>
        {handset.lastEnd !== null && <Text ta="center" size="sm" c="dimmed" mt="md" role="status" data-testid="handset-last-end">{handset.lastEnd}</Text>}
        <input ref={input} className="rd-handset-number" aria-label="Number to call" placeholder="Enter a number" inputMode="tel" autoComplete="off" maxLength={40} value={typed} onChange={(event) => { type(event.currentTarget.value, event.currentTarget.selectionStart === event.currentTarget.value.length); }} data-testid="handset-number" />
        <Keypad keyHeight={56} onKey={(key) => { type(typed + key); }} />
      </div>
      <div style={{ display: "grid", gridTemplateColumns: "1fr auto 1fr", alignItems: "center", padding: "20px 0 22px" }}>
        <span />
        <button type="submit" className="rd-round" data-kind="call" aria-label={view.busy ? "Calling" : "Call"} disabled={view.busy} {...(typed.trim() === "" ? { "aria-disabled": true, title: "Enter a number first" } : {})} data-testid="handset-call"><IconPhone size={27} /></button>
        {typed === "" ? <span /> : <button type="button" className="rd-key" style={{ width: 52, justifySelf: "center", border: 0 }} aria-label="Delete the last digit" onClick={() => { setTyped(typed.replace(/\D*.\D*$/, "")); }}><IconBackspace size={23} /></button>}
      </div>
    </form>
  );
}

function Face({ handset }: { readonly handset: Handset }) {
  const { format } = useHouseStyle();
  const { phone, view } = usePhoneOf(handset);
  const audio = useRef<HTMLAudioElement>(null);
  const [silent, setSilent] = useState(false);
  const play = useCallback(() => { void audio.current?.play().then(() => { setSilent(false); }, () => { setSilent(audio.current?.srcObject !== null); }); }, []);
  useEffect(() => {
    if (audio.current === null) return;
    audio.current.srcObject = view.remote;
    if (view.remote !== null) play(); else setSilent(false);
  }, [view.remote, play]);
  const { call } = handset;
  return (
    <div className="rd-phone" data-testid="handset" data-number={handset.number} data-state={call?.state ?? "idle"} data-audio={view.remote === null ? "none" : "connected"} style={{ padding: "0 22px" }}>
      <Group justify="center" gap={6} pt={18}>
        <Text size="sm" c="dimmed">This handset is <b className="rd-number">{format(handset.number)}</b></Text><Copy value={handset.number} what="number" />
      </Group>
      {view.problem !== null && <Alert color="red" variant="light" mt="sm" p="xs" role="alert" data-testid="handset-problem">{problemWords(view.problem)}</Alert>}
      {silent && <Alert color="orange" variant="light" mt="sm" p="xs"><button type="button" onClick={play} className="rd-key" style={{ width: "100%" }}>Resume audio</button></Alert>}
      {call === null ? <AtRest handset={handset} phone={phone} view={view} /> : <OnCall handset={{ ...handset, call }} phone={phone} view={view} />}
      <audio ref={audio} autoPlay data-testid="remote-audio" />
    </div>
  );
}

/** The sandbox carrier's telephone in the browser. */
export function HandsetPage() {
  usePageTitle("Handset");
  const { data: handset, error, refetch } = useQuery(handsetQuery);
  useLiveHandset(handset?.id);
  return (
    <main className="rd-desk">
      <h1 className="rd-hidden">Handset</h1>
      {handset !== undefined ? <Face handset={handset} /> : (
        <div className="rd-phone">{error === null ? <Rows /> : <Failed {...describeError(error)} again={() => void refetch()} />}</div>
      )}
    </main>
  );
}
