// The same histories in every run, so that a red build is the change's doing. `FAST_CHECK_SEED=random` looks for new ones.
import fc from "fast-check";

const FIXED_SEED = 20_261_122;
const wanted = process.env["FAST_CHECK_SEED"];
if (wanted !== "random") fc.configureGlobal({ seed: wanted === undefined ? FIXED_SEED : Number(wanted) });
