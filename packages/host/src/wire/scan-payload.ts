/** The contents of a payload in V8's serialization format, counted without creating any value. */
export interface PayloadContents {
  /** The number of values, including keys. */
  readonly values: number
  /** Whether it has shared parts, or an array longer than its elements. */
  readonly canGrow: boolean
}

export interface PayloadLimits {
  readonly values: number
  readonly depth: number
}

/** A payload whose values would cost the host far more time or memory than its bytes suggest. */
export class PayloadError extends Error {}

const FORMAT_VERSION = 15
/** V8 prints longer BigInts much more slowly than it creates them. */
const MAX_INTEGER_BYTES = 1_024
const tag = (character: string): number => character.charCodeAt(0)
const PADDING = 0
const [DENSE_END, SPARSE_END, OBJECT_END, MAP_END, SET_END, ERROR_END] = ['$', '@', '{', ':', ',', '.'].map(
  tag,
) as [number, number, number, number, number, number]

/**
 * Reads what `v8.deserialize` would, without creating values. Three bytes of a payload can become
 * an object of fifty bytes, so a plugin within its own memory limit could fill the host's memory.
 * @throws PayloadError when it is over a limit, or contains something that `v8.serialize` never
 *   writes
 */
export function scanPayload(payload: Uint8Array, limits: PayloadLimits): PayloadContents {
  return new PayloadScanner(payload, limits).scan()
}

class PayloadScanner {
  readonly #payload: Uint8Array
  readonly #limits: PayloadLimits
  #at = 0
  #values = 0
  #canGrow = false

  constructor(payload: Uint8Array, limits: PayloadLimits) {
    this.#payload = payload
    this.#limits = limits
  }

  scan(): PayloadContents {
    if (this.#byte() !== 0xff || this.#number() !== FORMAT_VERSION) throw unknownFormat()
    this.#value(0)
    return { values: this.#values, canGrow: this.#canGrow }
  }

  #value(depth: number): void {
    this.#values += 1
    if (this.#values > this.#limits.values)
      throw new PayloadError(`a message of more than ${this.#limits.values} values`)
    if (depth > this.#limits.depth)
      throw new PayloadError(`a message of more than ${this.#limits.depth} levels`)
    switch (String.fromCharCode(this.#nextTag())) {
      case '_':
      case '0':
      case 'T':
      case 'F':
      case '-':
      case 'y':
      case 'x':
        return
      case 'I':
      case 'U':
        return void this.#number()
      case 'N':
      case 'n':
      case 'D':
        return this.#skip(8)
      case 'Z':
      case 'z':
        // the lowest bit is the sign, the others count bytes
        return this.#integer(this.#number() >>> 1)
      case '"':
      case 'c':
      case 'S':
        return this.#skip(this.#number())
      case 's':
        return this.#value(depth + 1)
      case 'R':
        this.#value(depth + 1)
        return void this.#number()
      case '^':
        this.#canGrow = true
        return void this.#number()
      case 'o':
        return this.#members(OBJECT_END, 1, depth)
      case 'A':
        this.#number()
        return this.#members(DENSE_END, 2, depth)
      case 'a':
        this.#canGrow = true
        this.#number()
        return this.#members(SPARSE_END, 2, depth)
      case ';':
        return this.#members(MAP_END, 1, depth)
      case "'":
        return this.#members(SET_END, 1, depth)
      case 'B':
        this.#skip(this.#number())
        return this.#view()
      case '\\':
        // Node's own encoding of typed arrays and buffers
        this.#number()
        return this.#skip(this.#number())
      case 'r':
        return this.#error(depth)
      default:
        throw unknownFormat()
    }
  }

  #integer(bytes: number): void {
    if (bytes > MAX_INTEGER_BYTES)
      throw new PayloadError(`an integer of more than ${MAX_INTEGER_BYTES} bytes`)
    this.#skip(bytes)
  }

  /** Values up to a tag, then this many numbers. */
  #members(end: number, numbers: number, depth: number): void {
    while (this.#peekTag() !== end) this.#value(depth + 1)
    this.#nextTag()
    for (let left = numbers; left > 0; left -= 1) this.#number()
  }

  #view(): void {
    if (this.#payload[this.#at] !== tag('V')) return
    this.#at += 2
    for (let left = 3; left > 0; left -= 1) this.#number()
  }

  #error(depth: number): void {
    for (;;) {
      const part = this.#nextTag()
      if (part === ERROR_END) return
      // a tag without a value names the class of the error
      if ('msc'.includes(String.fromCharCode(part))) this.#value(depth + 1)
      else if (!'EFRSTU'.includes(String.fromCharCode(part))) throw unknownFormat()
    }
  }

  #peekTag(): number {
    while (this.#payload[this.#at] === PADDING) this.#at += 1
    const next = this.#payload[this.#at]
    if (next === undefined) throw unknownFormat()
    return next
  }

  #nextTag(): number {
    const next = this.#peekTag()
    this.#at += 1
    return next
  }

  #byte(): number {
    const byte = this.#payload[this.#at]
    if (byte === undefined) throw unknownFormat()
    this.#at += 1
    return byte
  }

  /** A varint in V8's format: seven bits per byte. */
  #number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte()
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  #skip(bytes: number): void {
    this.#at += bytes
    if (this.#at > this.#payload.byteLength) throw unknownFormat()
  }
}

function unknownFormat(): PayloadError {
  return new PayloadError('a message in an unknown form')
}
