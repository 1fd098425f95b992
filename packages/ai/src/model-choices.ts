import { AiError } from '@pluggram/sdk'
import type { AiSubject } from '@pluggram/sdk'
import type { AiLedger } from '@pluggram/sdk/runtime'

export interface ModelChoicesOptions {
  /** `ai.model` as a list. */
  readonly defaults: readonly string[]
  /** `ai.choices`. */
  readonly choices: readonly string[]
  readonly ledger: Pick<AiLedger, 'choice' | 'choose'>
}

/** The models chosen for chats and users, restricted to the owner's list. */
export class ModelChoices {
  readonly #options: ModelChoicesOptions
  readonly #ids: readonly string[]

  constructor(options: ModelChoicesOptions) {
    this.#options = options
    this.#ids = [...new Set([...options.defaults, ...options.choices])]
  }

  /** All models that can be chosen, default first. */
  get ids(): readonly string[] {
    return this.#ids
  }

  /**
   * The chat's choice, else the user's. A choice the owner has removed from the list is ignored.
   */
  of({ chat, user }: AiSubject): string | undefined {
    const { ledger } = this.#options
    const chosen = (chat && ledger.choice('chat', chat.id)) ?? (user && ledger.choice('user', user.id))
    return chosen !== undefined && this.#ids.includes(chosen) ? chosen : undefined
  }

  /** @throws AiError `ai-refused` */
  async choose(id: string | null, { chat, user }: AiSubject): Promise<void> {
    if ((chat === undefined) === (user === undefined)) {
      throw new AiError('ai-refused', 'A model is chosen either for one chat or for one user.')
    }
    if (id !== null && !this.#ids.includes(id)) {
      throw new AiError(
        'ai-refused',
        'That model is not on the list. The owner adds models with ai.choices in config.json.',
      )
    }
    const { ledger } = this.#options
    if (chat) await ledger.choose('chat', chat.id, id)
    else if (user) await ledger.choose('user', user.id, id)
  }
}
