import type { TrunkConfig } from "@ringdesk/contract/config";
import type { Trunk } from "@ringdesk/contract/switch";

/** Name of the trunk that the settings describe. */
export const CONFIGURED_TRUNK = "sip";

/** The trunks of the settings, as the switch wants them: none or one. */
export function trunksOf(config: TrunkConfig | null): readonly Trunk[] {
  if (config === null) return [];
  return [{ id: CONFIGURED_TRUNK, sources: config.sources.map(({ address, bits }) => `${address}/${bits}`), target: config.target }];
}
