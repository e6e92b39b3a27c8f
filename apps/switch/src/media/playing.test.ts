import { beforeEach, describe, expect, test } from "vitest";
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import { createMediaLeg, type MediaLeg } from "../leg/media-leg.ts";
import type { MediaError, MediaEvent } from "../media-plane.types.ts";
import { createPaceClock } from "../sockets/pace-clock.ts";
import { createPlaying, type Playing } from "./playing.ts";
import type { LoadedItem } from "./player.ts";

const items = [{ source: { kind: "silence", ms: 20 }, times: 1 }] as const;
const loadedItems: readonly LoadedItem[] = [{ bytes: null, samples: 160, times: 1 }];
type Loaded = Result<readonly LoadedItem[], MediaError>;

let leg: MediaLeg;
let playing: Playing;
let events: MediaEvent[];
let loads: ((loaded: Loaded) => void)[];
beforeEach(() => {
  events = [];
  loads = [];
  const onEvent = (event: MediaEvent): void => { events.push(event); };
  const clock = createPaceClock({ nowMs: () => 0, schedule: () => () => {}, onBug: () => {} });
  leg = createMediaLeg("a" as LegId, "sip", { clock, silenceMs: 1_000, reportIntervalMs: 5_000, onEvent, onBug: () => {}, passKey: () => {} });
  playing = createPlaying({ load: () => new Promise((resolve) => { loads.push(resolve); }), cachedBytes: () => 0 }, onEvent);
});

const finished = (): readonly string[] => events.flatMap((event) => (event.type === "play-finished" ? [`${event.play} ${event.why}`] : []));

describe("a request that comes while files are read", () => {
  test("another play wins, whichever is read first, and the first is told as replaced", async () => {
    const [first, second] = [playing.play(leg, "p1", items), playing.play(leg, "p2", items)];
    loads[1]?.(ok(loadedItems));
    await second;
    loads[0]?.(ok(loadedItems));
    await first;
    expect([leg.outgoing.player?.play, finished()]).toEqual(["p2", ["p1 replaced"]]);
  });

  test("a stop wins, and the play is told as stopped once", async () => {
    const play = playing.play(leg, "p1", items);
    playing.stop(leg);
    loads[0]?.(ok(loadedItems));
    expect(await play).toEqual(ok(undefined));
    expect([leg.outgoing.player, finished()]).toEqual([null, ["p1 stopped"]]);
  });

  test("the same play again is the same play", async () => {
    const first = playing.play(leg, "p1", items);
    expect(await playing.play(leg, "p1", items)).toEqual(ok(undefined));
    loads[0]?.(ok(loadedItems));
    await first;
    expect([loads.length, leg.outgoing.player?.play, finished()]).toEqual([1, "p1", []]);
  });
});

test("a play that is refused leaves what is played, and may be asked for again", async () => {
  const first = playing.play(leg, "p1", items);
  loads[0]?.(ok(loadedItems));
  await first;
  const refused = playing.play(leg, "p2", items);
  loads[1]?.(err({ type: "file-missing", path: "x" }));
  expect((await refused).ok).toBe(false);
  expect([leg.outgoing.player?.play, finished()]).toEqual(["p1", []]);
  const again = playing.play(leg, "p2", items);
  loads[2]?.(ok(loadedItems));
  await again;
  expect([leg.outgoing.player?.play, finished()]).toEqual(["p2", ["p1 replaced"]]);
});
