/** A sum that keeps what plain addition rounds away (Kahan's algorithm as Neumaier improved it). */
export class ExactSum {
  #sum: number;
  #lost = 0;

  constructor(start = 0) {
    this.#sum = start;
  }

  add(value: number): void {
    const sum = this.#sum + value;
    if (Math.abs(this.#sum) >= Math.abs(value)) this.#lost += this.#sum - sum + value;
    else this.#lost += value - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    // With infinities, what was lost is not a number.
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }
}
