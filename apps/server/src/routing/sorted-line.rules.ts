// A line that is always in order: who goes first stands in front. Joining and leaving cost the same in a line of ten and of
// ten thousand, because it is kept in pieces and only one piece is touched.

/** A piece longer than this is cut in two: so many elements are moved at most by one change. */
const PIECE = 256;

/** Elements must not change what `compare` looks at while they stand in the line. */
export type Line<T> = {
  readonly size: () => number;
  readonly first: () => T | undefined;
  /** In order. The line must not change meanwhile. */
  readonly walk: () => Generator<T, void>;
  /** How many stand before this one, were it in the line. */
  readonly rank: (element: T) => number;
  readonly add: (element: T) => void;
  /** Whoever is not in the line leaves it as it is. */
  readonly remove: (element: T) => void;
};

/** `compare` is negative when its first argument goes first, and 0 only for the same element. */
export function createLine<T>(compare: (a: T, b: T) => number): Line<T> {
  const pieces: T[][] = [];
  let size = 0;
  /** The piece in which the element stands or would stand. */
  const pieceOf = (element: T): number => placeIn(pieces.length, (i) => compare((pieces[i] as T[]).at(-1) as T, element) < 0);
  const placeInPiece = (piece: readonly T[], element: T): number => placeIn(piece.length, (i) => compare(piece[i] as T, element) < 0);
  return {
    size: () => size,
    first: () => pieces[0]?.[0],
    *walk() { for (const piece of pieces) yield* piece; },
    rank: (element) => {
      const at = pieceOf(element);
      let before = 0;
      for (let i = 0; i < at; i += 1) before += (pieces[i] as T[]).length;
      const piece = pieces[at];
      return piece === undefined ? before : before + placeInPiece(piece, element);
    },
    add: (element) => {
      size += 1;
      if (pieces.length === 0) { pieces.push([element]); return; }
      const at = Math.min(pieceOf(element), pieces.length - 1);
      const piece = pieces[at] as T[];
      piece.splice(placeInPiece(piece, element), 0, element);
      if (piece.length > PIECE) pieces.splice(at + 1, 0, piece.splice(PIECE >> 1));
    },
    remove: (element) => {
      const at = pieceOf(element);
      const piece = pieces[at];
      if (piece === undefined) return;
      const place = placeInPiece(piece, element);
      if (piece[place] !== element) return;
      size -= 1;
      if (piece.length === 1) pieces.splice(at, 1);
      else piece.splice(place, 1);
    },
  };
}

/** How many of the first `length` places `goesBefore` holds for; it holds for none after the first for which it does not. */
function placeIn(length: number, goesBefore: (index: number) => boolean): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (goesBefore(middle)) from = middle + 1;
    else to = middle;
  }
  return from;
}
