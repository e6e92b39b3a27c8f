// Two sides into one. Pure.

/** Below this correlation the sides are opposites, and their sum would be silence. */
const OPPOSITE_BELOW = -0.5;

/** How the two sides become one. */
export type Mix = "both" | "left" | "right";
/** Looks at both sides of all of a sound before they are mixed. */
export type Sides = { readonly add: (left: number, right: number) => void; readonly mix: () => Mix };

/** Both, unless they are opposites: then the louder one. */
export function createSides(): Sides {
  let [ofLeft, ofRight, ofBoth] = [0, 0, 0];
  return {
    add: (left, right) => {
      ofLeft += left * left;
      ofRight += right * right;
      ofBoth += left * right;
    },
    mix: () => {
      if (ofBoth >= OPPOSITE_BELOW * Math.sqrt(ofLeft * ofRight)) return "both";
      return ofLeft >= ofRight ? "left" : "right";
    },
  };
}
