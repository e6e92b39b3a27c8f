import type { AddressRange, TrunkConfig } from "@ringdesk/contract/config";
import type { Trunk } from "@ringdesk/contract/switch";

/** Name of the trunk that the settings describe. */
export const CONFIGURED_TRUNK = "sip";
/** Name of the sandbox carrier's trunk: telephones of this machine. */
const SANDBOX_TRUNK = "sandbox";
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

/** Name of the trunk of agents' SIP phones. They are rung over it; it takes no calls. */
export const PHONES_TRUNK = "phones";

/**
 * The trunks of the settings, as the switch wants them. The sandbox takes calls and registrations from this machine alone;
 * agents' phones register from this machine and from `phoneSources`.
 */
export function trunksOf(config: TrunkConfig | null, sandbox: boolean, phoneSources: readonly AddressRange[]): readonly Trunk[] {
  const phones: Trunk = { id: PHONES_TRUNK, sources: [...phoneSources.map(rangeText), ...LOOPBACK], target: null, registers: "accounts" };
  // The configured trunk comes first: it may stand on this machine too, and the first trunk that fits has the call.
  return [
    ...(config === null ? [] : [configuredTrunk(config)]),
    ...(sandbox ? [{ id: SANDBOX_TRUNK, sources: LOOPBACK, target: null, registers: true }] : []),
    phones,
  ];
}

const rangeText = ({ address, bits }: AddressRange): string => `${address}/${bits}`;

function configuredTrunk({ sources, targets, transport, account, probes, signalsHold }: TrunkConfig): Trunk {
  const [target = null, ...fallbacks] = targets.map((to) => ({ ...to, transport }));
  return {
    id: CONFIGURED_TRUNK, sources: sources.map(rangeText), target, registers: false, trusted: true,
    ...(fallbacks.length === 0 ? {} : { fallbacks }),
    ...(account === null ? {} : { account }),
    ...(probes === null ? {} : { probes }),
    ...(signalsHold ? { signalsHold } : {}),
  };
}
