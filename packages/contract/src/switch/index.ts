// The control protocol between server and switch: newline-delimited JSON over a Unix socket.
// docs/protocols/control.md describes the conversation; these schemas are its whole vocabulary.
export * from "./commands.ts";
export * from "./events.ts";
export * from "./frames.ts";
export * from "./lines.ts";
