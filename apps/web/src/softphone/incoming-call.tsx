import { Button, Group, Kbd, Progress, Text } from "@mantine/core";
import type { OfferView } from "@ringdesk/contract/http";
import { IconPhone, IconPhoneIncoming, IconPhoneOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useHouseStyle } from "../api/session.ts";
import { Elapsed, Remaining } from "../ui/elapsed.tsx";
import { useNow } from "../ui/now.ts";
import { setCallTitle } from "../ui/title.ts";
import { callerName } from "../words/calls.ts";
import { useDesk, useDeskActions } from "./desk.tsx";
import { createRinger } from "./ringer.ts";

/** A key pressed while the card appears was meant for something else. */
const SETTLE_MS = 400;

const isTyping = (element: Element | null): boolean => element !== null && (element.matches("input, textarea, select") || (element instanceof HTMLElement && element.isContentEditable));

/** Sound, tab title and desktop notification while an offer rings (CALL-4). */
function useRing(offer: OfferView, who: string, atPhone: boolean): boolean {
  const [blocked, setBlocked] = useState(false);
  useEffect(() => {
    const ringer = createRinger(true);
    if (!atPhone) ringer.start(() => { setBlocked(true); });
    setCallTitle(`${who} is calling`);
    const notification = "Notification" in window && Notification.permission === "granted" && document.visibilityState === "hidden"
      ? new Notification(`${who} is calling`, { body: `${offer.queueName} · ${offer.supportNumberLabel}`, tag: offer.id, requireInteraction: true }) : null;
    if (notification !== null) notification.onclick = () => { focus(); notification.close(); };
    return () => { ringer.stop(); setCallTitle(null); notification?.close(); };
  }, [offer.id, offer.queueName, offer.supportNumberLabel, who, atPhone]);
  return blocked;
}

function Countdown({ offer }: { readonly offer: OfferView }) {
  const [start] = useState(() => Date.now());
  const now = useNow();
  const whole = Math.max(1, offer.ringsUntil - start);
  return <Progress value={Math.max(0, Math.min(100, ((offer.ringsUntil - now) / whole) * 100))} size={4} color="call" aria-hidden transitionDuration={900} />;
}

function Card({ offer, atPhone }: { readonly offer: OfferView; readonly atPhone: boolean }) {
  const { format } = useHouseStyle();
  const { accept, decline } = useDeskActions();
  const [pending, setPending] = useState<"accept" | "decline" | null>(null);
  const acceptButton = useRef<HTMLButtonElement>(null);
  const [shownAt] = useState(() => Date.now());
  const who = callerName(offer.caller, format);
  const blocked = useRing(offer, who, atPhone);
  const answer = async (what: "accept" | "decline", byKey: boolean): Promise<void> => {
    if (pending !== null || (byKey && Date.now() - shownAt < SETTLE_MS)) return;
    setPending(what);
    await (what === "accept" ? accept(offer) : decline(offer));
    setPending(null);
  };
  const latest = useRef(answer);
  latest.current = answer;

  useEffect(() => {
    const before = document.activeElement;
    if (!isTyping(before)) acceptButton.current?.focus({ preventScroll: true });
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(document.activeElement)) return;
      const key = event.key.toLowerCase();
      const free = document.activeElement === null || document.activeElement === document.body;
      if (key === "a" || (key === "enter" && free)) { event.preventDefault(); void latest.current("accept", true); }
      if (key === "d") { event.preventDefault(); void latest.current("decline", true); }
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      if (before instanceof HTMLElement && before.isConnected && !isTyping(document.activeElement)) before.focus({ preventScroll: true });
    };
  }, [offer.id]);

  return (
    <section className="rd-incoming" role="alertdialog" aria-labelledby="incoming-who" aria-describedby="incoming-facts" data-testid="incoming-call" data-offer={offer.id}>
      <Group wrap="nowrap" gap={14} mb={12}>
        <div className="rd-pulse" aria-hidden><IconPhoneIncoming size={22} /></div>
        <div className="rd-grow">
          <Text size="xs" c="dimmed">{offer.callback ? "Call this customer back" : atPhone ? "Your phone rings" : "Incoming call"}</Text>
          <Text id="incoming-who" fw={650} fz={18} truncate>{who}</Text>
        </div>
        <Text size="sm" c="dimmed"><Remaining until={offer.ringsUntil} /></Text>
      </Group>
      <dl className="rd-facts" id="incoming-facts">
        {offer.caller.name !== null && offer.caller.number !== null && <><dt>From</dt><dd className="rd-number">{format(offer.caller.number)}</dd></>}
        <dt>Called</dt><dd>{offer.supportNumberLabel} · <span className="rd-number">{format(offer.supportNumber)}</span></dd>
        <dt>Queue</dt><dd>{offer.queueName}</dd>
        <dt>Waiting</dt><dd><Elapsed since={offer.enteredAt} /></dd>
        {offer.ivrPath.length > 0 && <><dt>Chose</dt><dd>{offer.ivrPath.join(" › ")}</dd></>}
      </dl>
      <div style={{ margin: "14px 0" }}><Countdown offer={offer} /></div>
      <Group grow gap="sm">
        <Button variant="default" leftSection={<IconPhoneOff size={17} />} rightSection={<Kbd size="xs">D</Kbd>} loading={pending === "decline"} onClick={(event) => void answer("decline", event.detail === 0)} data-testid="decline">Decline</Button>
        <Button ref={acceptButton} color="call" leftSection={<IconPhone size={17} />} rightSection={<Kbd size="xs">A</Kbd>} loading={pending === "accept"} onClick={(event) => void answer("accept", event.detail === 0)} data-testid="accept">{atPhone ? "Take it here" : "Accept"}</Button>
      </Group>
      {blocked && <Text size="xs" c="dimmed" mt={10}>Your browser keeps the ring silent until you click somewhere on this page.</Text>}
    </section>
  );
}

/** The call that rings for this agent, on every page. */
export function IncomingCall() {
  const desk = useDesk();
  const offer = desk?.offer ?? null;
  return offer === null ? null : <Card key={offer.id} offer={offer} atPhone={desk?.device === "phone"} />;
}
