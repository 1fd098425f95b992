const HEADER_BYTES = 4

/** The other side announced a frame larger than the limit. */
class FrameTooLargeError extends Error {
  constructor(bytes: number, limit: number) {
    super(`a message of ${megabytes(bytes)} MB; ${megabytes(limit)} MB are possible`)
  }
}

/** A payload with its length prefix, ready to send. */
export function toFrame(payload: Buffer, limit: number): readonly [Buffer, Buffer] {
  if (payload.byteLength > limit) throw new FrameTooLargeError(payload.byteLength, limit)
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt32BE(payload.byteLength)
  return [header, payload]
}

/**
 * Splits a stream of bytes into payloads. A length above the limit is refused immediately, so that
 * nothing of it is buffered.
 */
export class FrameReader {
  readonly #limit: number
  #chunks: Buffer[] = []
  #size = 0
  #expected: number | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @throws FrameTooLargeError */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    const payloads: Buffer[] = []
    for (;;) {
      if (this.#expected === undefined) {
        if (this.#size < HEADER_BYTES) return payloads
        this.#expected = this.#take(HEADER_BYTES).readUInt32BE()
        if (this.#expected > this.#limit) throw new FrameTooLargeError(this.#expected, this.#limit)
      }
      if (this.#size < this.#expected) return payloads
      payloads.push(this.#take(this.#expected))
      this.#expected = undefined
    }
  }

  #take(bytes: number): Buffer {
    const [first] = this.#chunks
    const whole =
      first !== undefined && first.byteLength >= bytes ? first : Buffer.concat(this.#chunks, this.#size)
    const rest = whole.subarray(bytes)
    if (whole === first) this.#chunks.shift()
    else this.#chunks = []
    if (rest.byteLength > 0) this.#chunks.unshift(rest)
    this.#size -= bytes
    return whole.subarray(0, bytes)
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}
