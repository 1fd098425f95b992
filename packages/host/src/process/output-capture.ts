import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

export interface OutputCaptureOptions {
  onLine(line: string): void
}

const MAX_LINE = 4_000
const TAIL_CHARACTERS = 4_000

/**
 * Reads a process's output line by line, and keeps the tail. It never stops reading, so the process
 * never blocks on it.
 */
export class OutputCapture {
  /** The last characters of the output. */
  tail = ''
  #bytes = 0
  readonly #options: OutputCaptureOptions

  constructor(streams: readonly Readable[], options: OutputCaptureOptions) {
    this.#options = options
    for (const stream of streams) this.#follow(stream)
  }

  /** Bytes printed since the last call. */
  takeBytes(): number {
    const bytes = this.#bytes
    this.#bytes = 0
    return bytes
  }

  #follow(stream: Readable): void {
    const decoder = new StringDecoder('utf8')
    let rest = ''
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.byteLength
      const text = decoder.write(chunk)
      this.tail = (this.tail + text).slice(-TAIL_CHARACTERS)
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(0, MAX_LINE)
      for (const line of lines) this.#line(line)
    })
    stream.on('end', () => this.#line(rest + decoder.end()))
    // a broken pipe means that the process has ended, which is reported elsewhere
    stream.on('error', () => {})
  }

  #line(line: string): void {
    if (line.trim() !== '') this.#options.onLine(line.slice(0, MAX_LINE).trimEnd())
  }
}
