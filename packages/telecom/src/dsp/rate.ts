/** The only sample rate of the telephone network that we serve. */
export const SAMPLE_RATE_HZ = 8_000;
