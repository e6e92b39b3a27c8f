import { Tooltip } from "@mantine/core";
import { useImperativeHandle, useRef, type Ref } from "react";

/** What shows as an empty bar, in dBov. */
const FLOOR_DBOV = -60;
const FULL = 100;

/** How full the bar is, 0 to 100; 0 as well when nobody knows. */
export const fullness = (dbov: number | null): number => (dbov === null ? 0 : Math.round(Math.min(1, Math.max(0, 1 - dbov / FLOOR_DBOV)) * FULL));

export interface VoiceMeterHandle {
  /** In dBov; null when nobody knows. */
  readonly show: (dbov: number | null) => void;
}

/** A bar as long as somebody is loud. It moves without React, and is read out only to whoever asks for it. */
export function VoiceMeter({ ref, label, testId }: { readonly ref: Ref<VoiceMeterHandle>; readonly label: string; readonly testId: string }) {
  const meter = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLElement>(null);
  useImperativeHandle(ref, () => ({
    show: (dbov) => {
      const full = fullness(dbov);
      meter.current?.setAttribute("aria-valuenow", String(full));
      if (bar.current !== null) bar.current.style.transform = `scaleX(${full / FULL})`;
    },
  }), []);
  return (
    <Tooltip label={label}>
      <div ref={meter} className="rd-meter" data-steady role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={FULL} aria-valuenow={0} data-testid={testId}><i ref={bar} /></div>
    </Tooltip>
  );
}
