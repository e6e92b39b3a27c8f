// The settings of Ringdesk: one list, one parser, the same in every process.
export {
  MIN_RTP_PORTS, settingNames, settings,
  type AddressRange, type PortRange, type Setting, type SettingName, type TrunkTarget,
} from "./settings.ts";
export {
  describeProblem, parseConfig,
  type Config, type ConfigProblem, type Environment, type S3Config, type SetupConfig, type TlsConfig, type TrunkAccountConfig, type TrunkConfig, type TurnConfig,
} from "./parse.ts";
