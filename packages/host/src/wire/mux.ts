import { Duplex } from 'node:stream'

const HEADER_BYTES = 8

/**
 * Multiplexes many connections over one. Every chunk has the number of its connection and its
 * length; length 0 closes the connection. A reader that stops blocks the others, so all of them
 * must trust each other.
 */
export class Mux {
  readonly #socket: Duplex
  readonly #channels = new Map<number, MuxChannel>()
  #header = Buffer.alloc(0)
  #current: MuxChannel | undefined
  #left = 0

  constructor(socket: Duplex) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', () => this.#close())
    socket.on('end', () => this.#close())
    socket.on('close', () => this.#close())
  }

  /** Opens a connection under a new number. Each side must open it before the other writes. */
  open(id: number): Duplex {
    const channel: MuxChannel = new MuxChannel({
      send: (chunks, done) => this.#send(id, chunks, done),
      wantMore: () => void this.#socket.resume(),
      onDestroy: () => {
        if (this.#channels.delete(id)) this.#send(id, [], () => {})
      },
    })
    this.#channels.set(id, channel)
    return channel
  }

  #send(id: number, chunks: readonly Buffer[], done: Done): void {
    if (this.#socket.destroyed) return done()
    const header = Buffer.allocUnsafe(HEADER_BYTES)
    header.writeUInt32BE(id)
    header.writeUInt32BE(
      chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0),
      4,
    )
    const pieces = [header, ...chunks]
    const last = pieces.pop()
    this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    // if this end message is lost, the end of the socket itself informs the other side
    this.#socket.write(last, () => done())
    this.#socket.uncork()
  }

  #read(chunk: Buffer): void {
    let rest = chunk
    while (rest.byteLength > 0) {
      if (this.#left > 0) {
        const piece = rest.subarray(0, this.#left)
        this.#left -= piece.byteLength
        rest = rest.subarray(piece.byteLength)
        if (this.#current?.push(piece) === false) this.#socket.pause()
        continue
      }
      const missing = HEADER_BYTES - this.#header.byteLength
      this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)])
      rest = rest.subarray(missing)
      if (this.#header.byteLength === HEADER_BYTES) this.#begin()
    }
  }

  #begin(): void {
    const [id, length] = [this.#header.readUInt32BE(), this.#header.readUInt32BE(4)]
    this.#header = Buffer.alloc(0)
    const known = this.#channels.get(id)
    this.#left = length
    if (length === 0) {
      this.#channels.delete(id)
      known?.destroy()
      return
    }
    // the connection is closed, so drop the chunk
    this.#current = known
  }

  #close(): void {
    const channels = [...this.#channels.values()]
    this.#channels.clear()
    for (const channel of channels) channel.destroy()
  }
}

type Done = (error?: Error | null) => void

interface MuxChannelOptions {
  /** Sends chunks as one; without chunks it closes the connection. */
  send(chunks: readonly Buffer[], done: Done): void
  wantMore(): void
  onDestroy(): void
}

class MuxChannel extends Duplex {
  readonly #options: MuxChannelOptions

  constructor(options: MuxChannelOptions) {
    super({ readableHighWaterMark: 1_048_576 })
    this.#options = options
  }

  override _read(): void {
    this.#options.wantMore()
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    this.#send([chunk], done)
  }

  /** Chunks written while the connection was corked or the socket was busy. */
  override _writev(chunks: readonly { chunk: Buffer }[], done: Done): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  #send(chunks: readonly Buffer[], done: Done): void {
    const telling = chunks.filter(({ byteLength }) => byteLength > 0)
    // an empty chunk would close the connection
    if (telling.length === 0) done()
    else this.#options.send(telling, done)
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#options.onDestroy()
    done(error)
  }
}
