/** When this many chats get a 429 within a second, the whole bot may be limited, not a chat. */
const SUSPICIOUS_CHATS = 3
const SUSPICIOUS_MILLISECONDS = 1000
/** A hold that nothing has confirmed for this long is dropped, whatever `retry_after` said. */
const LONGEST_MILLISECONDS = 30_000
/** The delays between probes, in milliseconds. The last one repeats. */
const PROBE_DELAYS = [0, 1_000, 2_000, 4_000, 8_000, 15_000]
/** How soon calls that cannot probe look again. */
const LOOK_MILLISECONDS = 250
/** A probe without an answer for this long no longer holds the others. */
const PROBE_MILLISECONDS = 5_000

interface Hold {
  /** When it ends if nothing confirms it; never while the token is refused. */
  until: number
  refusedProbes: number
  nextProbeAt: number
  probe: { readonly chatId: number; readonly until: number } | undefined
}

/**
 * Holds the messages of all chats while Telegram refuses the bot as a whole. That it limits the bot
 * is a guess, because several chats can meet their own limits at once; that it refuses the token is
 * certain, but may be over at any time. So both are tested with one message at a time.
 *
 *   none ──3 chats with a 429 in a second, or a call without a chat──▶ probing ──accepted, or over──▶ none
 *     └────────────────────────── token refused ──────────────────────▶   │  ▲
 *                                                                         └──┘ refused: later each time
 */
export class BotHold {
  readonly #now: () => number
  readonly #recent = new Map<number, number>()
  #held: Hold | undefined
  /** False when nothing is held; most messages need to know no more. */
  isAny = false

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Milliseconds until a call without a hold of its own may go; 0 when it may.
   * @param mayProbe false for calls whose success says nothing about messages
   */
  delay(mayProbe: boolean): number {
    const hold = this.#current()
    if (!hold) return 0
    const time = this.#now()
    const delay = Math.max(0, (hold.probe?.until ?? 0) - time, hold.nextProbeAt - time)
    return mayProbe ? delay : Math.max(delay, LOOK_MILLISECONDS)
  }

  /** Notes that a message goes. While the hold stands, it is the probe. */
  sending(chatId: number): void {
    const hold = this.#current()
    if (hold) hold.probe = { chatId, until: this.#now() + PROBE_MILLISECONDS }
  }

  /** Notes that the bot as a whole is not refused. Returns true when that ends the hold. */
  accepted(chatId: number): boolean {
    if (this.#held?.probe?.chatId !== chatId) return false
    this.#drop()
    this.#recent.clear()
    return true
  }

  /**
   * Notes a 429.
   * @param chatId absent when the call belonged to no chat
   * @returns true when that confirms the hold
   */
  refused(chatId: number | undefined, seconds: number): boolean {
    const hold = this.#current()
    const isProbe = hold !== undefined && chatId !== undefined && hold.probe?.chatId === chatId
    if (isProbe) {
      hold.refusedProbes += 1
      hold.probe = undefined
      // a limit is only told to a token that is known
      if (hold.until === Infinity) hold.until = 0
      this.#hold(hold, seconds)
      return true
    }
    if (chatId === undefined || (!hold && this.#isSuspicious(chatId))) {
      this.#hold(this.#open(), seconds)
    }
    return false
  }

  /** Notes that Telegram refuses the token; a message in flight then may have been the probe. */
  tokenRefused(): void {
    const hold = this.#open()
    // messages in flight are refused together; they count as one
    if (hold.until === Infinity && !hold.probe) return
    hold.probe = undefined
    hold.refusedProbes += 1
    this.#hold(hold, Infinity)
  }

  /** Notes that the bot has another token: the next message tests it. */
  tokenRenewed(): void {
    if (!this.#held || !this.isTokenRefused) return
    this.#held.probe = undefined
    this.#held.refusedProbes = 0
    this.#held.nextProbeAt = this.#now()
  }

  /** True while Telegram refuses the token, as far as is known. */
  get isTokenRefused(): boolean {
    return this.#held?.until === Infinity
  }

  #hold(hold: Hold, seconds: number): void {
    const time = this.#now()
    const milliseconds = seconds === Infinity ? Infinity : Math.min(seconds * 1000, LONGEST_MILLISECONDS)
    const pause = PROBE_DELAYS[Math.min(hold.refusedProbes, PROBE_DELAYS.length - 1)] ?? 0
    hold.until = Math.max(hold.until, time + milliseconds)
    hold.nextProbeAt = time + Math.min(pause, milliseconds)
  }

  #open(): Hold {
    this.isAny = true
    return (this.#held ??= { until: 0, refusedProbes: 0, nextProbeAt: 0, probe: undefined })
  }

  #drop(): void {
    this.isAny = false
    this.#held = undefined
  }

  #current(): Hold | undefined {
    if (this.#held && this.#held.until <= this.#now()) this.#drop()
    return this.#held
  }

  #isSuspicious(chatId: number): boolean {
    const time = this.#now()
    for (const [other, at] of this.#recent) {
      if (time - at > SUSPICIOUS_MILLISECONDS) this.#recent.delete(other)
    }
    this.#recent.set(chatId, time)
    return this.#recent.size >= SUSPICIOUS_CHATS
  }
}
