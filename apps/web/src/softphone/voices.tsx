import { Text } from "@mantine/core";
import type { CallView } from "@ringdesk/contract/http";
import { useEffect, useRef, useState } from "react";
import { nowMs } from "../machine/run-machine.ts";
import { VoiceMeter, type VoiceMeterHandle } from "../ui/voice-meter.tsx";
import { useLevelFeed, usePhoneView, useTopic } from "./desk.tsx";
import { levelDb, meterLevel } from "./level.ts";
import { isUnheard, nothingYet, stepUnheard } from "./unheard.ts";

/** Levels come five times a second; when none came for this long, nobody knows any more. */
const STALE_MS = 1_000;

/** How loud agent and customer arrive at the switch: that the bar moves means that the other side can hear it (CALL-5). */
export function Voices({ call }: { readonly call: CallView }) {
  const feed = useLevelFeed();
  const [you, customer] = [useRef<VoiceMeterHandle>(null), useRef<VoiceMeterHandle>(null)];
  useTopic("levels");
  useEffect(() => {
    const show = (agentDbov: number | null, customerDbov: number | null): void => {
      you.current?.show(agentDbov);
      customer.current?.show(customerDbov);
    };
    let stale: ReturnType<typeof setTimeout> | undefined;
    const stop = feed.subscribe((levels) => {
      if (levels.callId !== call.id) return;
      clearTimeout(stale);
      stale = setTimeout(() => { show(null, null); }, STALE_MS);
      show(levels.agent, levels.customer);
    });
    return () => { clearTimeout(stale); stop(); };
  }, [feed, call.id, you, customer]);
  return (
    <div className="rd-voices" data-testid="voices">
      <Text size="xs" c="dimmed" aria-hidden>You</Text><VoiceMeter ref={you} label="Your voice, as it arrives" testId="voice-agent" />
      <Text size="xs" c="dimmed" aria-hidden>Customer</Text><VoiceMeter ref={customer} label="The customer's voice, as it arrives" testId="voice-customer" />
    </div>
  );
}

/** Whether the agent expects to be heard and is not: by the switch's level of their leg, beside that of this browser's microphone. */
export function useUnheard(call: CallView): boolean {
  const feed = useLevelFeed();
  const { state, microphone } = usePhoneView();
  const [unheard, setUnheard] = useState(false);
  const muted = "muted" in state && state.muted;
  const expected = call.phase === "talking" && !muted && state.kind !== "elsewhere";
  const now = useRef({ expected, local: null as number | null, localAt: 0 });
  useEffect(() => { now.current.expected = expected; }, [expected]);
  useEffect(() => (microphone === null ? undefined : meterLevel(microphone, (level) => {
    now.current.local = levelDb(level);
    now.current.localAt = nowMs();
  })), [microphone]);
  useEffect(() => {
    let listening = nothingYet;
    return feed.subscribe((levels) => {
      if (levels.callId !== call.id) return;
      const at = nowMs();
      const { local, localAt, expected: isExpected } = now.current;
      listening = stepUnheard(listening, { now: at, agent: levels.agent, local: at - localAt > STALE_MS ? null : local, expected: isExpected });
      setUnheard(isUnheard(listening));
    });
  }, [feed, call.id]);
  return unheard && expected;
}
