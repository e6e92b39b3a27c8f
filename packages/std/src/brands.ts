/** A primitive that only a parser may create, so that an agent's id is never passed for a call's. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** Milliseconds: an instant since the Unix epoch, or a span, as the name at hand says (`…At`, `…Ms`). */
export type Millis = Brand<number, "Millis">;
/** A phone number in E.164 with the plus sign, e.g. `+12025550123`. */
export type E164 = Brand<string, "E164">;

export type CallId = Brand<string, "CallId">;
export type LegId = Brand<string, "LegId">;
export type BridgeId = Brand<string, "BridgeId">;
export type UserId = Brand<string, "UserId">;
export type TeamId = Brand<string, "TeamId">;
export type PermissionSetId = Brand<string, "PermissionSetId">;
export type SubStatusId = Brand<string, "SubStatusId">;
export type QueueId = Brand<string, "QueueId">;
export type QueueRuleId = Brand<string, "QueueRuleId">;
export type ScheduleId = Brand<string, "ScheduleId">;
export type SkillId = Brand<string, "SkillId">;
export type HoldMusicId = Brand<string, "HoldMusicId">;
export type CustomerId = Brand<string, "CustomerId">;
export type ConversationId = Brand<string, "ConversationId">;
export type NumberId = Brand<string, "NumberId">;
export type RecordingId = Brand<string, "RecordingId">;
export type OfferId = Brand<string, "OfferId">;
export type SearchId = Brand<string, "SearchId">;
