import type { TrunkConfig } from "@ringdesk/contract/config";
import type { Trunk } from "@ringdesk/contract/switch";

/** Name of the trunk that the settings describe. */
export const CONFIGURED_TRUNK = "sip";
/** Name of the sandbox carrier's trunk: telephones of this machine. */
const SANDBOX_TRUNK = "sandbox";
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

/** The trunks of the settings, as the switch wants them. The sandbox takes calls and registrations from this machine alone. */
export function trunksOf(config: TrunkConfig | null, sandbox: boolean): readonly Trunk[] {
  const configured = config === null ? [] : [configuredTrunk(config)];
  // The configured trunk comes first: it may stand on this machine too, and the first trunk that fits has the call.
  return sandbox ? [...configured, { id: SANDBOX_TRUNK, sources: LOOPBACK, target: null, registers: true }] : configured;
}

function configuredTrunk({ sources, targets, transport, account, probes }: TrunkConfig): Trunk {
  const [target = null, ...fallbacks] = targets.map((to) => ({ ...to, transport }));
  return {
    id: CONFIGURED_TRUNK, sources: sources.map(({ address, bits }) => `${address}/${bits}`), target, registers: false, trusted: true,
    ...(fallbacks.length === 0 ? {} : { fallbacks }),
    ...(account === null ? {} : { account }),
    ...(probes === null ? {} : { probes }),
  };
}
