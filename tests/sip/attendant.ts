// A server so small that it fits a test: what happens to a call follows from the number it calls.
import type { SwitchProcess } from "../support/switch-driver.ts";

/**
 * 4000 answers and plays music · 4002 rings for ever · 4486 busy · 4603 declined · 4480 unavailable · 4009 answers and hangs
 * up after a second · 4183 lets the caller hear ringing, and answers after a second · everything else is unknown.
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
      "4000": answer,
      "4002": () => sut.command({ do: "leg.ring", leg }),
      "4009": async () => { await answer(); setTimeout(() => void sut.command({ do: "leg.hangup", leg }).catch(() => undefined), 1_000); },
      "4183": async () => {
        await sut.command({ do: "leg.progress", leg });
        await sut.command({ do: "leg.play", leg, play: "early", items: [{ source: { kind: "tone", tone: "ringback" }, times: "forever" }] });
        setTimeout(() => void sut.command({ do: "leg.answer", leg }).catch(() => undefined), 1_000);
      },
      "4486": () => sut.command({ do: "leg.reject", leg, reason: "busy" }),
      "4603": () => sut.command({ do: "leg.reject", leg, reason: "declined" }),
      "4480": () => sut.command({ do: "leg.reject", leg, reason: "unavailable" }),
    };
    // A caller may be gone before the deed is done; that is not this test's failure.
    void (deeds[e.to] ?? (() => sut.command({ do: "leg.reject", leg, reason: "not-found" })))().catch(() => undefined);
  });
}
