/** RFC 3711 §3.3.2 asks for at least 64. */
const WINDOW = 64;

/** Which of the latest packet indexes have been seen. */
export class ReplayWindow {
  #highest = -1;
  /** Bit n: `highest - n` was seen. Two halves of 32 bits. */
  #near = 0;
  #far = 0;

  get highest(): number { return this.#highest; }

  /** Whether that index may still be new. */
  admits(index: number): boolean {
    if (index > this.#highest) return true;
    const behind = this.#highest - index;
    if (behind >= WINDOW) return false;
    return (behind < 32 ? (this.#near >>> behind) & 1 : (this.#far >>> (behind - 32)) & 1) === 0;
  }

  /** Marks an index whose packet was authentic. */
  mark(index: number): void {
    const ahead = index - this.#highest;
    if (this.#highest === -1 || ahead >= WINDOW) {
      this.#near = 1;
      this.#far = 0;
      this.#highest = index;
    } else if (ahead > 0) {
      this.#far = ahead >= 32 ? this.#near << (ahead - 32) : (this.#far << ahead) | (this.#near >>> (32 - ahead));
      this.#near = ahead >= 32 ? 1 : (this.#near << ahead) | 1;
      this.#highest = index;
    } else if (ahead > -32) this.#near |= 1 << -ahead;
    else this.#far |= 1 << (-ahead - 32);
  }
}
