// Schemas of the branded values that cross a process boundary. Parsing is the only way to get one.
import { z } from "zod";
import type { BridgeId, CallId, ConversationId, CustomerId, E164, HoldMusicId, LegId, Millis, NumberId, OfferId, PermissionSetId, QueueId, QueueRuleId, RecordingId, ScheduleId, SearchId, SkillId, SubStatusId, TeamId, UserId } from "@ringdesk/std";

const id = <T>(): z.ZodType<T, string> => z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) as unknown as z.ZodType<T, string>;

export const callId = id<CallId>();
export const legId = id<LegId>();
export const bridgeId = id<BridgeId>();
export const userId = id<UserId>();
export const teamId = id<TeamId>();
export const permissionSetId = id<PermissionSetId>();
export const subStatusId = id<SubStatusId>();
export const queueId = id<QueueId>();
export const queueRuleId = id<QueueRuleId>();
export const scheduleId = id<ScheduleId>();
export const holdMusicId = id<HoldMusicId>();
export const customerId = id<CustomerId>();
export const conversationId = id<ConversationId>();
export const numberId = id<NumberId>();
export const recordingId = id<RecordingId>();
export const offerId = id<OfferId>();
export const searchId = id<SearchId>();
export const skillId = id<SkillId>();

/** A phone number as it is stored and sent everywhere: E.164 with the plus sign (ITU-T E.164: 15 digits at most). */
export const e164 = z.string().regex(/^\+[1-9]\d{1,14}$/) as unknown as z.ZodType<E164, string>;
/** An instant: milliseconds since the Unix epoch. */
export const instant = z.number().int().nonnegative() as unknown as z.ZodType<Millis, number>;
/** A span of time in milliseconds. */
export const span = z.number().int().nonnegative() as unknown as z.ZodType<Millis, number>;
