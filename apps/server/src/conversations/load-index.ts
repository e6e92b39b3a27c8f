// Open conversations by their owner, with the sums that routing asks for.
import type { ConversationId, CustomerId, UserId } from "@ringdesk/std";
import { NO_LOAD, type Channel, type ChannelLoad } from "./capacity.rules.ts";
import type { Face } from "./conversations.ports.ts";

type Owned = { readonly user: UserId; readonly channel: Channel; face: Face | null };
type OfOwner = { load: ChannelLoad; readonly ids: Set<ConversationId> };

export type LoadIndex = {
  readonly of: (user: UserId) => ChannelLoad;
  readonly openVoiceOf: (user: UserId) => Face | null;
  readonly ownerOf: (id: ConversationId) => UserId | null;
  /** With whom it was said to be; null when it is nobody's, or nobody has said it yet. */
  readonly customerOf: (id: ConversationId) => CustomerId | null;
  /** Makes it theirs, or nobody's. */
  readonly give: (id: ConversationId, channel: Channel, to: UserId | null) => void;
  readonly describe: (face: Face) => void;
};

/** `changed` is told of each agent whose load, or what is known of it, has changed. */
export function createLoadIndex(changed: (user: UserId) => void): LoadIndex {
  const owned = new Map<ConversationId, Owned>();
  const owners = new Map<UserId, OfOwner>();

  const take = (id: ConversationId, { user, channel }: Owned): void => {
    owned.delete(id);
    const theirs = owners.get(user);
    if (theirs === undefined) return;
    theirs.ids.delete(id);
    theirs.load = { ...theirs.load, [channel]: theirs.load[channel] - 1 };
    if (theirs.ids.size === 0) owners.delete(user);
  };
  const put = (id: ConversationId, channel: Channel, user: UserId): void => {
    owned.set(id, { user, channel, face: null });
    const theirs = owners.get(user) ?? { load: NO_LOAD, ids: new Set() };
    theirs.ids.add(id);
    theirs.load = { ...theirs.load, [channel]: theirs.load[channel] + 1 };
    owners.set(user, theirs);
  };
  return {
    of: (user) => owners.get(user)?.load ?? NO_LOAD,
    openVoiceOf: (user) => {
      for (const id of owners.get(user)?.ids ?? []) {
        const one = owned.get(id);
        if (one?.channel === "voice" && one.face !== null) return one.face;
      }
      return null;
    },
    ownerOf: (id) => owned.get(id)?.user ?? null,
    customerOf: (id) => owned.get(id)?.face?.customerId ?? null,
    give: (id, channel, to) => {
      const before = owned.get(id);
      if ((before?.user ?? null) === to) return;
      if (before !== undefined) take(id, before);
      if (to !== null) put(id, channel, to);
      if (before !== undefined) changed(before.user);
      if (to !== null) changed(to);
    },
    describe: (face) => {
      const one = owned.get(face.id);
      if (one === undefined) return;
      one.face = face;
      changed(one.user);
    },
  };
}
