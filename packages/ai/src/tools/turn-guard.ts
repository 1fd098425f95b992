import type { ToolEffect } from '@pluggram/sdk'
import { TEXTS } from '../texts.ts'
import { addressesIn, addressKey, findAddresses, hostKey, hostOf, parseAddress } from './addresses.ts'
import { carriesData, isPlainSite } from './carried-data.ts'
import { isReferenceHost } from './reference-hosts.ts'

/** The facts at the start of a turn. */
export interface TurnBeginning {
  /** What the user typed. */
  readonly ownText: string
  /** Everything else that the model reads. */
  readonly otherText: string
  /** The part of that which a model wrote. */
  readonly modelText: string
  /** Addresses of earlier tool results. */
  readonly seenAddresses: readonly string[]
  /** Hosts that a person agreed to. */
  readonly agreedHosts: ReadonlySet<string>
  /**
   * True when it already contains text that the user did not write: a document, a forwarded message,
   * other group members' messages, or earlier results.
   */
  readonly isForeign: boolean
  /**
   * True when it contains more than the current message: a history, memory, or a system prompt with
   * facts.
   */
  readonly isPrivate: boolean
  /** Plugins whose tools are described in words that the owner has not read. */
  readonly strangers: ReadonlySet<string>
}

/** A call to be judged. */
export interface JudgedCall {
  readonly plugin: string
  readonly effect: ToolEffect
  readonly isGranted: boolean
  /** The arguments as passed to the tool. */
  readonly args: unknown
}

/** Whether a call may run immediately; otherwise why a person must approve it. */
export type Verdict =
  | { readonly mayRun: true }
  | { readonly mayRun: false; readonly reason: string; readonly isGrantable?: boolean }

const REASONS: Readonly<Record<Exclude<ToolEffect, 'none'>, string>> = {
  own: TEXTS.changesWhatIsKept,
  external: TEXTS.hasEffectAfterReading,
}

/**
 * The rule that protects against prompt injection. Third-party text, private data and an effect
 * never combine without a person's approval, even for granted tools. Fetching an address is also an
 * effect, because the address itself can carry data.
 */
export class TurnGuard {
  /** A call that changes something was allowed. */
  hasActed = false
  readonly #known = new Set<string>()
  /** Texts whose addresses are known; they are read when one is asked about, which is seldom. */
  #unread: string[]
  readonly #agreedHosts: ReadonlySet<string>
  readonly #ownText: string
  readonly #strangers: ReadonlySet<string>
  #otherText: string
  #isForeign: boolean
  #isPrivate: boolean

  constructor(beginning: TurnBeginning) {
    const { ownText, otherText, modelText, seenAddresses, agreedHosts } = beginning
    this.#unread = [ownText, otherText.replace(modelText, ''), ...seenAddresses]
    this.#agreedHosts = agreedHosts
    this.#ownText = ownText
    this.#strangers = beginning.strangers
    this.#otherText = otherText
    this.#isForeign = beginning.isForeign
    this.#isPrivate = beginning.isPrivate
  }

  /** Whether the model has read text that the user did not write. */
  get isForeign(): boolean {
    return this.#isForeign
  }

  /** Whether somebody else's text, tool descriptions included, may lead the model. */
  get isLed(): boolean {
    return this.#isForeign || this.#strangers.size > 0
  }

  /** Records third-party text, which may contain anything, including private data. */
  sawResult(text: string): void {
    this.#isForeign = true
    this.#isPrivate = true
    this.#otherText += `\n${text}`
    this.#unread.push(text)
  }

  judge({ plugin, effect, isGranted, args }: JudgedCall): Verdict {
    const isExposed = this.#isExposed(plugin)
    if (effect === 'external' && !isGranted) {
      return { mayRun: false, reason: TEXTS.hasEffectOutside, isGrantable: !isExposed }
    }
    if (effect !== 'none') {
      if (isExposed) return { mayRun: false, reason: REASONS[effect] }
      this.hasActed = true
      return { mayRun: true }
    }
    const made = isExposed && addressesIn(args).find((address) => !this.#mayReach(parseAddress(address)))
    return made ? refuseAddress(made) : { mayRun: true }
  }

  /**
   * Judges an address when it is about to be requested during a call, whatever the tool made it of.
   * @param from the address that redirects to it
   */
  mayReach(plugin: string, url: URL, from?: URL): boolean {
    if (!this.#isExposed(plugin) || this.#mayReach(url)) return true
    // a redirect was written by the server that was asked; it may not pass on what is private
    return from !== undefined && !carriesData(url, this.#conversation, false)
  }

  /** A plugin's own description cannot lead to more than calls that it gets anyway. */
  #isExposed(plugin: string): boolean {
    const isForeign = this.#isForeign || [...this.#strangers].some((name) => name !== plugin)
    return isForeign && this.#isPrivate
  }

  get #conversation(): { readonly own: string; readonly other: string } {
    return { own: this.#ownText, other: this.#otherText }
  }

  /** Whether a person or a result wrote an address. */
  #isKnown(key: string): boolean {
    for (const text of this.#unread)
      for (const address of findAddresses(text)) this.#known.add(keyOf(address))
    this.#unread = []
    return this.#known.has(key)
  }

  #mayReach(url: URL | undefined): boolean {
    if (!url) return true
    if (this.#isKnown(addressKey(url)) || isPlainSite(url)) return true
    const host = hostOf(url)
    const isReference = url.port === '' && isReferenceHost(host)
    const isKnown = isReference || this.#agreedHosts.has(hostKey(url))
    return isKnown && !carriesData(url, this.#conversation, isReference)
  }
}

export function refuseAddress(address: string): Extract<Verdict, { mayRun: false }> {
  return { mayRun: false, reason: TEXTS.usesUnknownAddress(address) }
}

function keyOf(address: string): string {
  const url = parseAddress(address)
  return url ? addressKey(url) : address
}
