import { findAddresses, normaliseAddress } from './addresses.ts'

/** What was known when a turn began. */
export interface TurnBeginning {
  /** What people and the owner wrote, and the addresses that tools gave before. */
  readonly trustedText: string
  /** The part of it that a model wrote. */
  readonly modelText: string
  /** Text of others is in it already: a document, a group's other members, an earlier turn's results. */
  readonly isUntrusted: boolean
  /** There is more than the person's present message: a history, memory, a system prompt with facts. */
  readonly isPrivate: boolean
}

/** Whether a call may run at once; else why a person has to look at it. */
export type Verdict = { readonly mayRun: true } | { readonly mayRun: false; readonly reason: string }

/**
 * The rule that holds whatever a model was talked into: text from outside, private data and an effect outside of the chat
 * never meet without a person's approval, and a grant does not change that. An address that nobody wrote is an effect, too:
 * whoever asks for it can be told anything in it.
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

  /** Text from outside was read; it may hold anything, also private data. */
  sawResult(text: string): void {
    this.#isUntrusted = true
    this.#isPrivate = true
    for (const address of findAddresses(text)) this.#addresses.add(normaliseAddress(address))
  }

  /** @param args as the tool would get them */
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
