import { findAddresses, normaliseAddress } from './addresses.ts'

/** The facts at the start of a turn. */
export interface TurnBeginning {
  /** What people and the owner wrote, and the addresses from earlier tool results. */
  readonly trustedText: string
  /** The part of it that a model wrote. */
  readonly modelText: string
  /**
   * True when it already contains third-party text: a document, other group members' messages, or
   * earlier results.
   */
  readonly isUntrusted: boolean
  /**
   * True when it contains more than the current message: a history, memory, or a system prompt with
   * facts.
   */
  readonly isPrivate: boolean
}

/** Whether a call may run immediately; otherwise why a person must approve it. */
export type Verdict = { readonly mayRun: true } | { readonly mayRun: false; readonly reason: string }

/**
 * The rule that protects against prompt injection. Third-party text, private data and an external
 * effect never combine without a person's approval, even for granted tools. Fetching an address
 * that nobody wrote is also an effect, because the address itself can leak data.
 */
export class TurnGuard {
  readonly #addresses: Set<string>
  #isUntrusted: boolean
  #isPrivate: boolean

  constructor({ trustedText, modelText, isUntrusted, isPrivate }: TurnBeginning) {
    const trusted = findAddresses(trustedText.replace(modelText, ''))
    this.#addresses = new Set(trusted.map(normaliseAddress))
    this.#isUntrusted = isUntrusted
    this.#isPrivate = isPrivate
  }

  /** Records third-party text, which may contain anything, including private data. */
  sawResult(text: string): void {
    this.#isUntrusted = true
    this.#isPrivate = true
    for (const address of findAddresses(text)) this.#addresses.add(normaliseAddress(address))
  }

  /** @param args the arguments as passed to the tool */
  judge(effect: 'none' | 'external', isGranted: boolean, args: unknown): Verdict {
    const isExposed = this.#isUntrusted && this.#isPrivate
    if (effect === 'external') {
      if (!isGranted) return { mayRun: false, reason: 'It has an effect outside of this chat.' }
      return isExposed
        ? {
            mayRun: false,
            reason:
              'It has an effect outside of this chat, and the assistant has read text from elsewhere before it asked for this.',
          }
        : { mayRun: true }
    }
    const made = isExposed ? this.#madeUpAddress(args) : undefined
    return made === undefined
      ? { mayRun: true }
      : { mayRun: false, reason: `It uses an address that nobody wrote here: ${made}` }
  }

  #madeUpAddress(args: unknown): string | undefined {
    return findAddresses(JSON.stringify(args) ?? '').find(
      (address) => !this.#addresses.has(normaliseAddress(address)),
    )
  }
}
