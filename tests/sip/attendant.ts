// A server so small that it fits a test: what happens to a call follows from the number it calls.
import type { SwitchProcess } from "../support/switch-driver.ts";

/** A caller may be gone by then; that is not the test's failure. */
const later = (ms: number, deed: () => Promise<unknown>): void => { setTimeout(() => void deed().catch(() => undefined), ms); };

/**
 * 4000, 4101, 4102 and 4103 answer and play music · 4002 rings for ever · 4003 rings a second, then answers · 4080 rings two seconds, then is
 * unavailable · 4486 busy · 4603 declined · 4480 unavailable · 4009 answers and hangs up after a second · 4183 lets the caller
 * hear ringing, and answers after a second · everything else is unknown.
 */
export function attend(sut: SwitchProcess): void {
  sut.onEvent((e) => {
    if (e.type !== "leg.incoming") return;
    const { leg } = e;
    const answer = async (): Promise<void> => {
      await sut.command({ do: "leg.answer", leg });
      await sut.command({ do: "leg.play", leg, play: "p", items: [{ source: { kind: "music", name: "default" }, times: "forever" }] });
    };
    const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
      "4000": answer, "4101": answer, "4102": answer, "4103": answer,
      "4002": () => sut.command({ do: "leg.ring", leg }),
      "4003": async () => { await sut.command({ do: "leg.ring", leg }); later(1_000, answer); },
      "4080": async () => { await sut.command({ do: "leg.ring", leg }); later(2_000, () => sut.command({ do: "leg.reject", leg, reason: "unavailable" })); },
      "4009": async () => { await answer(); later(1_000, () => sut.command({ do: "leg.hangup", leg })); },
      "4183": async () => {
        await sut.command({ do: "leg.progress", leg });
        await sut.command({ do: "leg.play", leg, play: "early", items: [{ source: { kind: "tone", tone: "ringback" }, times: "forever" }] });
        later(1_000, () => sut.command({ do: "leg.answer", leg }));
      },
      "4486": () => sut.command({ do: "leg.reject", leg, reason: "busy" }),
      "4603": () => sut.command({ do: "leg.reject", leg, reason: "declined" }),
      "4480": () => sut.command({ do: "leg.reject", leg, reason: "unavailable" }),
    };
    // A caller may be gone before the deed is done; that is not this test's failure.
    void (deeds[e.to] ?? (() => sut.command({ do: "leg.reject", leg, reason: "not-found" })))().catch(() => undefined);
  });
}
