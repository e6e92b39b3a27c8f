import { Tooltip } from "@mantine/core";
import type { AgentStatus } from "@ringdesk/contract/http";
import { useEffect, useRef } from "react";
import { qualityBars, qualityWords } from "../words/calls.ts";
import { meterLevel } from "../softphone/level.ts";

const dots = { available: "light-dark(#22963f, #3fbf63)", busy: "light-dark(#e8740c, #f59f4a)", unavailable: "light-dark(#87919a, #7b8590)" } as const satisfies Record<AgentStatus, string>;

/** A status as a dot; hollow when unavailable, so that colour is not all that tells. */
export function StatusDot({ status }: { readonly status: AgentStatus }) {
  return <i className="rd-dot" aria-hidden data-hollow={status === "unavailable" ? true : undefined} style={{ ["--rd-dot" as string]: dots[status] }} />;
}

const barColors = ["transparent", "#d6336c", "#f08c00", "#2f9e44", "#2f9e44"] as const;
/** Call quality as bars (CALL-10). */
export function QualityBars({ mos, what = "" }: { readonly mos: number | null; readonly what?: string }) {
  const bars = qualityBars(mos);
  const words = `${what}${qualityWords[bars]}${mos === null ? "" : ` (MOS ${mos.toFixed(1)})`}`;
  return (
    <Tooltip label={words}>
      <span className="rd-bars" role="img" aria-label={words} style={{ ["--rd-bars" as string]: barColors[bars] }}>
        {[1, 2, 3, 4].map((bar) => <i key={bar} data-on={bar <= bars ? true : undefined} style={{ height: 2 + bar * 3 }} />)}
      </span>
    </Tooltip>
  );
}

/** The microphone's level. Moves without React: sixteen renders a second would be waste. */
export function LevelMeter({ stream, what = "Your microphone" }: { readonly stream: MediaStream; readonly what?: string }) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => meterLevel(stream, (level) => { if (bar.current !== null) bar.current.style.transform = `scaleX(${level.toFixed(3)})`; }), [stream]);
  return <Tooltip label={`${what}: level`}><div className="rd-meter" role="img" aria-label={`${what}: level`} data-testid="level-meter"><i ref={bar} /></div></Tooltip>;
}
