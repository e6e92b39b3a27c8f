// How well a leg is heard: loss and jitter as RFC 3550 counts them, opinion score as ITU-T G.107 estimates it.
export { ReceiveStatistics, type ReceiveFigures } from "./receive-statistics.ts";
export { meanOpinionScore, type Impairment } from "./opinion-score.ts";
