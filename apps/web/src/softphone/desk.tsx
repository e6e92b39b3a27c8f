// The desktop's own machinery for all pages in the frame: live connection, phone, and what an agent can do with them.
import type { AgentStatus, Desk, OfferView } from "@ringdesk/contract/http";
import type { LiveTopic } from "@ringdesk/contract/live";
import type { CallId, CustomerId, NumberId, SubStatusId } from "@ringdesk/std";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { createContext, use, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { createLevelFeed, type LevelFeed } from "../api/call-levels.ts";
import { request, type Failure } from "../api/client.ts";
import { notifyFailure } from "../api/failures.ts";
import { applyUpdate, refreshQueries } from "../api/live-updates.ts";
import { openLive, type Connection, type Live } from "../api/live.ts";
import { deskQuery, keys } from "../api/queries.ts";
import { notify } from "../ui/notify.ts";
import { onDeviceChosen, playThrough } from "./devices.ts";
import type { MicrophoneProblem } from "./softphone.machine.ts";
import { createSoftphone, type Softphone, type SoftphoneView } from "./softphone.ts";

type Machinery = { readonly live: Live; readonly phone: Softphone; readonly levels: LevelFeed };
const MachineryContext = createContext<Machinery | null>(null);
const RemoteAudioContext = createContext<{ readonly blocked: boolean; readonly resume: () => void }>({ blocked: false, resume: () => undefined });

function useMachinery(): Machinery {
  const machinery = use(MachineryContext);
  if (machinery === null) throw new Error("used outside the frame");
  return machinery;
}
export const useLive = (): Live => useMachinery().live;
export const usePhone = (): Softphone => useMachinery().phone;
export const useRemoteAudio = () => use(RemoteAudioContext);
export function usePhoneView(): SoftphoneView {
  const phone = usePhone();
  return useSyncExternalStore(phone.subscribe, phone.view);
}
export const useLevelFeed = (): LevelFeed => useMachinery().levels;
/** Watches, while this page is shown, what most pages do not show. */
export function useTopic(topic: LiveTopic): void {
  const live = useLive();
  useEffect(() => live.watchTopic(topic), [live, topic]);
}
export function useConnection(): Connection {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.connection);
}
/** The agent's desk; undefined until it was read. */
export const useDesk = (): Desk | undefined => useQuery(deskQuery).data;

/** Starts the machinery once and stops it when the frame goes. */
export function DeskProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [machinery, setMachinery] = useState<Machinery | null>(null);
  useEffect(() => {
    const levels = createLevelFeed();
    const live = openLive({
      levels: levels.tell,
      apply: (update) => { applyUpdate(queries, update, (notice) => { notify(notice.level, notice.text); }); },
      refresh: (forget) => { refreshQueries(queries, forget); },
      signedOut: () => {
        void navigate({ to: "/sign-in", search: { return: location.pathname } }).then(() => { queries.clear(); });
      },
      checkSession: () => { void queries.invalidateQueries({ queryKey: keys.session }); },
      unreadable: () => { notify("warning", "This page is out of date", "The server was updated. Reload the page; a call in progress comes back."); },
    }, { desktop: true });
    const phone = createSoftphone({
      exchange: (call, sdp) => request("connectAudio", { params: { id: call }, body: { sdp } }),
      report: (call, why) => { void request("audioFailed", { params: { id: call }, body: { why } }); },
    });
    setMachinery({ live, phone, levels });
    return () => { live.close(); phone.close(); };
  }, [queries, navigate]);
  if (machinery === null) return null;
  return <MachineryContext value={machinery}><PhoneOfDesk>{children}</PhoneOfDesk></MachineryContext>;
}

/** Tells the phone about the desk's call, and plays the other side. */
function PhoneOfDesk({ children }: { readonly children: ReactNode }) {
  const phone = usePhone();
  const desk = useDesk();
  const { remote } = usePhoneView();
  const audio = useRef<HTMLAudioElement>(null);
  const [blocked, setBlocked] = useState(false);
  // A call at the agent's SIP phone needs no audio of this page.
  const call = desk?.call?.device === "phone" ? null : (desk?.call ?? null);
  const id = call?.id ?? null;
  const phase = call?.phase ?? null;
  const known = desk !== undefined;
  useEffect(() => {
    if (known) phone.deskChanged(id === null || phase === null ? null : { id, phase });
  }, [phone, known, id, phase]);
  const play = useMemo(() => () => {
    void audio.current?.play().then(() => { setBlocked(false); }, (thrown: unknown) => { setBlocked(thrown instanceof DOMException && thrown.name === "NotAllowedError"); });
  }, []);
  useEffect(() => {
    const through = (): void => { if (audio.current !== null) void playThrough(audio.current, "speaker"); };
    through();
    return onDeviceChosen(through);
  }, []);
  useEffect(() => {
    if (audio.current === null) return;
    audio.current.srcObject = remote;
    if (remote === null) setBlocked(false); else play();
  }, [remote, play]);
  const value = useMemo(() => ({ blocked, resume: play }), [blocked, play]);
  return (
    <RemoteAudioContext value={value}>
      {children}
      <audio ref={audio} autoPlay data-testid="remote-audio" />
    </RemoteAudioContext>
  );
}

/** What the agent can do. Each answers whether it worked; failures are shown unless the caller shows them itself. */
export function useDeskActions() {
  const { live, phone } = useMachinery();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMemo(() => {
    const openCustomer = (customerId: CustomerId | null): void => { if (customerId !== null) void navigate({ to: "/customers/$customerId", params: { customerId } }); };
    const simple = async (operation: "hold" | "resume" | "hangUp", id: CallId): Promise<void> => {
      const result = await request(operation, { params: { id } });
      if (!result.ok) notifyFailure(result.error);
    };
    return {
      openCustomer,
      /** Answers a microphone problem when the agent cannot become available because of it. */
      setStatus: async (status: AgentStatus, subStatusId: SubStatusId | null = null): Promise<MicrophoneProblem | null> => {
        const atPhone = queries.getQueryData(deskQuery.queryKey)?.device === "phone";
        if (status === "available") {
          const microphone = atPhone ? null : await phone.askPermission();
          if (microphone?.ok === false) return microphone.error;
          if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
        }
        const result = await request("setStatus", { body: { status, subStatusId } });
        if (!result.ok) notifyFailure(result.error);
        // Live updates are newer than this answer; without them it is all there is.
        else if (live.connection() !== "live") queries.setQueryData(keys.desk, result.value);
        return null;
      },
      accept: async (offer: OfferView): Promise<void> => {
        phone.claim();
        const result = await request("acceptOffer", { params: { id: offer.id } });
        if (result.ok) { openCustomer(offer.caller.customerId); return; }
        phone.unclaim();
        notifyFailure(result.error);
      },
      decline: async (offer: OfferView): Promise<void> => {
        const result = await request("declineOffer", { params: { id: offer.id } });
        if (!result.ok) notifyFailure(result.error);
      },
      dial: async (to: string, from: NumberId | null, customerId: CustomerId | null): Promise<Failure | MicrophoneProblem | null> => {
        const atPhone = queries.getQueryData(deskQuery.queryKey)?.device === "phone";
        const microphone = atPhone ? null : await phone.askPermission();
        if (microphone?.ok === false) return microphone.error;
        if (!atPhone) phone.claim();
        const result = await request("dial", { body: { to, ...(from === null ? {} : { from }), ...(customerId === null ? {} : { customerId }) } });
        if (result.ok) return null;
        phone.unclaim();
        return result.error;
      },
      hold: (id: CallId) => simple("hold", id),
      resume: (id: CallId) => simple("resume", id),
      hangUp: (id: CallId) => simple("hangUp", id),
      sendDigits: async (id: CallId, digits: string): Promise<void> => {
        const result = await request("sendDigits", { params: { id }, body: { digits } });
        if (!result.ok) notifyFailure(result.error);
      },
    };
  }, [live, phone, queries, navigate]);
}
