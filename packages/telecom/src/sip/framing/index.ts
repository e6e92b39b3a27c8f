export { StreamFramer, type Frames, type FramingFault } from "./stream-framer.ts";
