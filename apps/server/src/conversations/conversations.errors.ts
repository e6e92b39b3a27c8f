import type { ConversationId } from "@ringdesk/std";

export type ConversationMissing = { readonly type: "conversation-missing"; readonly id: ConversationId };
/** Somebody was faster; `what` tells what they did, in words for a person. */
export type ConversationChanged = { readonly type: "conversation-changed"; readonly what: string };
/** Its status does not allow this. */
export type ConversationRefused = { readonly type: "conversation-refused"; readonly why: string };
/** What was asked for names something that is not there. `field` as in the request's body. */
export type FieldInvalid = { readonly type: "field-invalid"; readonly field: string; readonly detail: string };
