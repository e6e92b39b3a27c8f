import { Anchor, Badge, Collapse, Group, Skeleton, Text } from "@mantine/core";
import type { CallSummary } from "@ringdesk/contract/http";
import { IconPhoneIncoming, IconPhoneOutgoing } from "@tabler/icons-react";
import { err, ok, type RecordingId, type Result } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { describeError, inOneSentence, isRefusedAs, request, RequestError } from "../api/client.ts";
import { peaksQuery } from "../api/queries.ts";
import { useHouseStyle, useSession } from "../api/session.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Entry } from "../ui/entry.tsx";
import { RecordingPlayer } from "../ui/recording-player.tsx";
import { QualityBars } from "../ui/signs.tsx";
import { changeWords, callbackWords, endedByWords, offerWords, outcomeColors, outcomeWords } from "../words/calls.ts";
import { fullTime, preciseTime, span } from "../words/time.ts";
import type { Change } from "./timeline-rows.ts";

type Recording = CallSummary["recordings"][number];
const isDeleted = (error: unknown): boolean => isRefusedAs(error, "recording-deleted");

/** What a person reads who cannot have a recording: the server's own words when it has some. */
function refusalWords(error: unknown): string {
  const { title } = describeError(error);
  return error instanceof RequestError && error.failure.type === "refused" ? inOneSentence(error.failure).replace(/[^.]$/, "$&.") : `${title}.`;
}

/** A link to the audio; `deleted` is called when the recording has gone since it was shown. */
async function askForLink(id: RecordingId, deleted: () => void): Promise<Result<string, string>> {
  const asked = await request("getRecordingLink", { params: { id } });
  if (asked.ok) return ok(asked.value.url);
  const refused = new RequestError(asked.error);
  if (isDeleted(refused)) deleted();
  return err(refusalWords(refused));
}

function RecordingLine({ recording, name, message }: { readonly recording: Recording; readonly name: string; /** It is a voicemail message: the caller alone speaks. */ readonly message?: { readonly onPlay: () => void } | undefined }) {
  const ready = recording.state !== "recording";
  const mayListen = useSession().permissions.includes("listen-recordings");
  const peaks = useQuery({ ...peaksQuery(recording.id), enabled: ready && mayListen });
  if (!ready) return <Group gap={8}><i className="rd-recording" aria-hidden /><Text size="sm" c="dimmed">Recording now; it can be played after the call.</Text></Group>;
  if (!mayListen) return <Text size="sm" c="dimmed">Recorded. Your permission set does not let you listen to recordings.</Text>;
  if (peaks.isPending) return <Skeleton height={52} aria-label="Loading the recording" />;
  if (isDeleted(peaks.error)) return <Text size="sm" c="dimmed" data-testid="recording-deleted">{refusalWords(peaks.error)}</Text>;
  if (peaks.isError) return <Text size="sm" c="red">{refusalWords(peaks.error)} <Anchor component="button" type="button" size="sm" onClick={() => void peaks.refetch()}>Try again</Anchor></Text>;
  return (
    <>
      <RecordingPlayer askForLink={() => askForLink(recording.id, () => void peaks.refetch())} peaks={message === undefined ? peaks.data : { ...peaks.data, agent: [] }} downloadName={name} onPlay={message?.onPlay} />
      {recording.state === "partial" && <Text size="xs" c="dimmed" mt={4}>Incomplete: {recording.note ?? "the end of the call was not recorded"}</Text>}
    </>
  );
}

/** The message that the caller left, and whether somebody has listened to it. Playing it marks it. */
function VoicemailLine({ call, voicemail, name }: { readonly call: CallSummary; readonly voicemail: NonNullable<CallSummary["voicemail"]>; readonly name: string }) {
  const { timeZone } = useHouseStyle();
  const recording = call.recordings.find(({ id }) => id === voicemail.recordingId);
  const gone = isDeleted(useQuery({ ...peaksQuery(voicemail.recordingId), enabled: false }).error); // as RecordingLine reads it
  if (recording === undefined) return null;
  const { heard } = voicemail;
  // The news of it comes over the live connection; when it cannot be told now, the next one who listens tells it.
  const onPlay = (): void => { if (heard === null) void request("markVoicemailHeard", { params: { id: call.id } }); };
  return (
    <div style={{ marginTop: 12 }} data-testid="voicemail" data-heard={heard !== null}>
      <Group gap={8} mb={6}>
        <Text size="sm" fw={600}>Voicemail message</Text>
        {heard === null ? !gone && <Badge size="sm" color="violet">Not heard yet</Badge> : <Text size="xs" c="dimmed" title={fullTime(heard.at, timeZone)}>Heard by {heard.by}</Text>}
      </Group>
      <RecordingLine recording={recording} name={name.replace(/^call/, "voicemail")} message={{ onPlay }} />
    </div>
  );
}

/** The durations and people of a call, as far as there are any. */
function Facts({ call }: { readonly call: CallSummary }) {
  const { format } = useHouseStyle();
  const facts: readonly (readonly [string, ReactNode] | null)[] = [
    [call.direction === "inbound" ? "Called" : "Called from", <span key="n" className="rd-number">{format(call.supportNumber)}</span>],
    call.queueName === null ? null : ["Queue", call.queueName],
    call.agentName === null ? null : ["Agent", call.agentName],
    call.waitMs === null ? null : [call.direction === "inbound" ? "Waited" : "Rang", span(call.waitMs)],
    call.talkMs === null || call.state === "live" ? null : ["Talked", span(call.talkMs)],
    call.holds === 0 || call.state === "live" ? null : ["On hold", `${span(call.holdMs)}${call.holds > 1 ? ` in ${call.holds} holds` : ""}`],
    call.endedBy === null ? null : ["Ended", endedByWords[call.endedBy]],
  ];
  return (
    <Group gap="6px 22px" mt={6}>
      {facts.map((fact) => (fact === null ? null : <div key={fact[0]}><Text span size="xs" c="dimmed">{fact[0]} </Text><Text span size="sm">{fact[1]}</Text></div>))}
      {call.quality.length > 0 && (
        <Group gap={7}>
          <Text span size="xs" c="dimmed">Quality</Text>
          {call.quality.map((leg) => <QualityBars key={leg.party} mos={leg.mos} what={`${leg.party === "customer" ? "Customer" : "Agent"}: ${leg.lossPercent.toFixed(1)} % lost, ${Math.round(leg.jitterMs)} ms jitter. `} />)}
        </Group>
      )}
    </Group>
  );
}

type StepLine = { readonly id: string; readonly at: number; readonly words: string };

/** What happened on the way, first to last: offers, and what the call did to its conversation. */
function stepsOf(call: CallSummary, changes: readonly Change[]): readonly StepLine[] {
  const offers = call.offers.map((offer): StepLine => ({ id: `${offer.at}${offer.agentName}`, at: offer.at, words: `Offered to ${offer.agentName}: ${offerWords[offer.result]}` }));
  const others = changes.map(({ id, at, change, by }): StepLine => ({ id, at, words: changeWords[change] + (by === null ? "" : change === "assigned" ? ` to ${by}` : ` by ${by}`) }));
  const ways = call.steps.map(({ at, words }, index): StepLine => ({ id: `${at}-${index}`, at, words }));
  return [...offers, ...ways, ...others].sort((a, b) => a.at - b.at);
}

function Steps({ call, changes }: { readonly call: CallSummary; readonly changes: readonly Change[] }) {
  const { timeZone } = useHouseStyle();
  const [open, setOpen] = useState(false);
  const steps = stepsOf(call, changes);
  if (steps.length === 0) return null;
  return (
    <>
      <Anchor component="button" type="button" size="xs" mt={8} aria-expanded={open} onClick={() => { setOpen(!open); }}>{open ? "Hide steps" : `${steps.length} ${steps.length === 1 ? "step" : "steps"}`}</Anchor>
      <Collapse expanded={open}>
        <ol className="rd-steps">{steps.map(({ id, at, words }) => <li key={id}><span className="rd-number">{preciseTime(at, timeZone)}</span>{words}</li>)}</ol>
      </Collapse>
    </>
  );
}

/** A call on the timeline (CALL-8). */
export function CallEntry({ call, changes, time }: { readonly call: CallSummary; readonly changes: readonly Change[]; readonly time: ReactNode }) {
  const { timeZone } = useHouseStyle();
  const inbound = call.direction === "inbound";
  const color = call.outcome === null ? "brand" : outcomeColors[call.outcome];
  const recordingName = `call-${new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(call.startedAt).replace(/[^0-9]+/g, "-")}.wav`;
  return (
    <Entry icon={inbound ? <IconPhoneIncoming size={17} /> : <IconPhoneOutgoing size={17} />} color={color} data-testid="timeline-entry" data-kind="call" data-call-id={call.id} data-state={call.state} data-outcome={call.outcome ?? ""}>
      <div className="rd-card rd-call-entry" data-live={call.state === "live" ? true : undefined}>
        <Group justify="space-between" wrap="nowrap">
          <Group gap={10}>
            <Text size="sm" fw={600}>{inbound ? "Inbound call" : "Outbound call"}</Text>
            {call.outcome !== null && <Badge size="sm" variant="light" color={color}>{outcomeWords[call.outcome]}</Badge>}
            {call.callback !== null && <Badge size="sm" variant="light" color="brand">{callbackWords[call.callback.state]}</Badge>}
            {call.state === "live" && <Badge size="sm" variant="filled" color="call">Live · <Elapsed since={call.startedAt} /></Badge>}
          </Group>
          {time}
        </Group>
        {call.reason !== null && <Text size="sm" mt={4}>{call.reason}</Text>}
        <Facts call={call} />
        <Steps call={call} changes={changes} />
        {call.recordings.filter(({ id }) => id !== call.voicemail?.recordingId).map((recording) => <div key={recording.id} style={{ marginTop: 12 }}><RecordingLine recording={recording} name={recordingName} /></div>)}
        {call.voicemail !== null && <VoicemailLine call={call} voicemail={call.voicemail} name={recordingName} />}
      </div>
    </Entry>
  );
}
