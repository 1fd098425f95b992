import type { DriverEvent } from '@pluggram/bot-api-emulator'

/** A message of the bot, as a person saw it. */
export interface SeenReply {
  readonly messageId: number
  readonly chatId: number
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Follows the bot's messages in all chats. */
export interface ChatWatch {
  /** In the order in which they arrived. */
  readonly replies: readonly SeenReply[]
  close(): Promise<void>
}

/** Subscribes to the emulator's events; resolves when no later event can be missed. */
export async function watchChats(
  emulatorUrl: string,
  onReply: (reply: SeenReply) => void = () => undefined,
): Promise<ChatWatch> {
  const replies: SeenReply[] = []
  const stop = new AbortController()
  const response = await fetch(`${emulatorUrl}/emulator/events`, { signal: stop.signal })
  if (!response.ok || !response.body) throw new Error(`the emulator gives no events: ${response.status}`)
  const lines = response.body.pipeThrough(new TextDecoderStream())

  async function follow(): Promise<void> {
    let rest = ''
    for await (const piece of lines) {
      const all = (rest + piece).split('\n')
      rest = all.pop() ?? ''
      for (const line of all) if (line.startsWith('data:')) take(line.slice(5))
    }
  }
  function take(data: string): void {
    const event = JSON.parse(data) as DriverEvent
    if (event.type !== 'message-added' || !event.message.fromBot) return
    const { id, chatId, text } = event.message
    const reply = { messageId: id, chatId, text, at: Date.now() }
    replies.push(reply)
    onReply(reply)
  }

  const following = follow().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  return {
    replies,
    async close() {
      stop.abort()
      await following
    },
  }
}
