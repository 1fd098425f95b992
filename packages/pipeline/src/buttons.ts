import { createHmac, timingSafeEqual } from 'node:crypto'
import { DeliveryError } from '@pluggram/sdk'
import type { Button, Reply } from '@pluggram/sdk'

/** Data of buttons that does not fit into 64 bytes. */
interface LongButtonData {
  write(plugin: string, key: string, data: string): Promise<void>
  read(plugin: string, key: string): Promise<string | undefined>
}

export interface ButtonsOptions {
  /** The secret key; the same after a restart, or earlier buttons are refused. */
  readonly key: Uint8Array
  readonly long: LongButtonData
  /** The ids that a chat had before it became a supergroup. */
  formerIds(chatId: number): readonly number[]
}

/** A press as Telegram reports it. */
export interface Press {
  /** The button's data in wire form. */
  readonly wire: string
  readonly chatId: number
  readonly userId: number
}

/** Telegram allows 64 bytes: the kind, the tag of the plugin, the signature, and this much data. */
const MAX_SHORT_BYTES = 43
const MAX_BYTES = 1_024
const WIRE = /^(?<kind>[skSK])(?<tag>[\w-]{4})(?<signature>[\w-]{16})(?<payload>[^]+)$/

type Kind = 's' | 'k' | 'S' | 'K'

/**
 * Signs the data of buttons and checks pressed ones. A press counts only if the plugin made that
 * button for that chat. The wire form is `KIND TAG SIGNATURE PAYLOAD` without the spaces:
 *
 * - the kind says where the data is, `s` in the payload or `k` on disk under the payload, and in
 *   upper case that only one person may press;
 * - the tag finds the plugin quickly; several plugins may share one;
 * - the signature covers the kind, the plugin, the chat, the person and the payload.
 */
export class Buttons {
  readonly #options: ButtonsOptions
  readonly #tags = new Map<string, string>()

  constructor(options: ButtonsOptions) {
    this.#options = options
  }

  /**
   * The reply with its buttons in wire form; a promise when some data is stored on disk.
   * @throws DeliveryError `reply-invalid` when a button's data is empty or too long
   */
  sign(reply: Reply, plugin: string, chatId: number): Reply | Promise<Reply> {
    const { buttons, previewButtons } = reply
    if (!buttons && !previewButtons) return reply
    const writes: Promise<void>[] = []
    const signRows = (rows: readonly (readonly Button[])[]): Button[][] =>
      rows.map((row) =>
        row.map((button) => {
          if ('url' in button) return button
          const { text, data, onlyFor } = button
          const { wire, written } = this.signData(data, { plugin, chatId, ...(onlyFor && { onlyFor }) })
          if (written) writes.push(written)
          return { text, data: wire }
        }),
      )
    const signed = {
      ...reply,
      ...(buttons && { buttons: signRows(buttons) }),
      ...(previewButtons && { previewButtons: signRows(previewButtons) }),
    }
    return writes.length === 0 ? signed : Promise.all(writes).then(() => signed)
  }

  /**
   * Data in wire form. Send it only after `written`, which is absent for short data.
   * @throws DeliveryError `reply-invalid` when the data is empty or too long
   */
  signData(
    data: string,
    {
      plugin,
      chatId,
      onlyFor,
    }: { readonly plugin: string; readonly chatId: number; readonly onlyFor?: number },
  ): { readonly wire: string; readonly written?: Promise<void> } {
    const bytes = Buffer.byteLength(String(data ?? ''))
    if (bytes === 0 || bytes > MAX_BYTES) {
      throw new DeliveryError(
        'reply-invalid',
        `A button of plugin ${plugin} has ${bytes} bytes of data; 1 to ${MAX_BYTES} are possible. Keep longer data in services.store and put its key into the button.`,
      )
    }
    const isShort = bytes <= MAX_SHORT_BYTES
    const kind = (isShort ? 's' : 'k') as Kind
    const payload = isShort ? data : this.#mac(['long', plugin, data])
    const signed = onlyFor === undefined ? kind : (kind.toUpperCase() as Kind)
    const signature = this.#signature(signed, { plugin, chatId, userId: onlyFor ?? 0 }, payload)
    const wire = signed + this.#tagOf(plugin) + signature + payload
    return isShort ? { wire } : { wire, written: this.#options.long.write(plugin, payload, data) }
  }

  /**
   * Which of the plugins made the button for this chat and this person; from memory.
   * @param named finds the plugins with a tag
   */
  makerOf<Plugin>(press: Press, named: Iterable<readonly [name: string, Plugin]>): Plugin | undefined {
    const parts = read(press.wire)
    if (!parts) return undefined
    for (const [name, plugin] of named) {
      if (this.#tagOf(name) === parts.tag && this.#isSigned(press, parts, name)) return plugin
    }
    return undefined
  }

  /** Whether the tag is this plugin's. Tags of different plugins can be equal. */
  hasTag(wire: string, plugin: string): boolean {
    return read(wire)?.tag === this.#tagOf(plugin)
  }

  /** The data of a checked press; `undefined` when it was stored on disk and has expired. */
  dataOf(wire: string, plugin: string): string | Promise<string | undefined> {
    const { kind = 's', payload = '' } = read(wire) ?? {}
    return kind.toLowerCase() === 's' ? payload : this.#options.long.read(plugin, payload)
  }

  /** Whether only one person may press the button, as its sender says. */
  isPersonal(wire: string): boolean {
    return /[A-Z]/.test(read(wire)?.kind ?? '')
  }

  /** Whether it has the form of signed data, whoever signed it. */
  isSignedForm(wire: string): boolean {
    return read(wire) !== undefined
  }

  #isSigned({ chatId, userId }: Press, { kind, signature, payload }: WireParts, plugin: string): boolean {
    const person = kind === kind.toUpperCase() ? userId : 0
    return [chatId, ...this.#options.formerIds(chatId)].some((id) =>
      isEqual(signature, this.#signature(kind, { plugin, chatId: id, userId: person }, payload)),
    )
  }

  #signature(
    kind: Kind,
    { plugin, chatId, userId }: { readonly plugin: string; readonly chatId: number; readonly userId: number },
    payload: string,
  ): string {
    return this.#mac([kind, plugin, String(chatId), String(userId), payload])
  }

  #tagOf(plugin: string): string {
    const known = this.#tags.get(plugin)
    if (known !== undefined) return known
    const tag = this.#mac(['tag', plugin]).slice(0, 4)
    this.#tags.set(plugin, tag)
    return tag
  }

  /** 96 bits over the parts; only the last one may contain a line break. */
  #mac(parts: readonly string[]): string {
    return createHmac('sha256', this.#options.key).update(parts.join('\n')).digest('base64url').slice(0, 16)
  }
}

interface WireParts {
  readonly kind: Kind
  readonly tag: string
  readonly signature: string
  readonly payload: string
}

function read(wire: string): WireParts | undefined {
  return WIRE.exec(wire)?.groups as WireParts | undefined
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
