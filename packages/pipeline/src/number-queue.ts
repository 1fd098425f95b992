/** So many numbers that are gone are cut off together; cutting off each would move all the others. */
const CUT = 1_024

/** Numbers, first in, first out; one takes eight bytes. */
export class NumberQueue {
  #numbers: number[] = []
  #from = 0

  get size(): number {
    return this.#numbers.length - this.#from
  }

  push(number: number): void {
    this.#numbers.push(number)
  }

  /** The oldest; `undefined` when there is none. */
  shift(): number | undefined {
    const number = this.#numbers[this.#from]
    if (number === undefined) return undefined
    this.#from += 1
    if (this.#from === this.#numbers.length) this.clear()
    else if (this.#from >= CUT && this.#from * 2 >= this.#numbers.length) {
      this.#numbers = this.#numbers.slice(this.#from)
      this.#from = 0
    }
    return number
  }

  clear(): void {
    this.#numbers = []
    this.#from = 0
  }
}
