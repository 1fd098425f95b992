import type { DriverEvent } from './driver-types.ts'
import { parseEvent } from './parse-driver.ts'
import type { UnknownEvent } from './parse-driver.ts'

export interface EventStreamHandlers {
  /** Called when the stream opens, also after every reconnect. */
  readonly onOpen: () => void
  readonly onEvent: (event: DriverEvent | UnknownEvent) => void
  /** Called when an event is unreadable, so something was missed. */
  readonly onUnreadable: () => void
  /** Called when the stream breaks. It reconnects automatically. */
  readonly onDown: () => void
  /** Called when the assistant refused the stream. Finds out why, and returns whether to retry. */
  readonly onRefused: () => Promise<boolean>
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000

/**
 * Listens to the assistant's events until the returned function is called.
 *
 * The browser reconnects a broken stream, but gives up if the status is not 200: the session ended,
 * or a proxy answers during a restart. Then the stream is reopened with back-off.
 */
export function openEventStream(url: string, handlers: EventStreamHandlers): () => void {
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_RETRY_MS
  let closed = false

  function open(): void {
    const opened = new EventSource(url)
    source = opened
    opened.addEventListener('open', () => {
      pause = FIRST_RETRY_MS
      handlers.onOpen()
    })
    opened.addEventListener('message', (message: MessageEvent<string>) => {
      const event = readEvent(message.data)
      if (event === undefined) handlers.onUnreadable()
      else handlers.onEvent(event)
    })
    opened.addEventListener('error', () => {
      if (closed) return
      handlers.onDown()
      if (opened.readyState === EventSource.CLOSED) void reopen()
    })
  }

  async function reopen(): Promise<void> {
    if (!(await handlers.onRefused()) || closed) return
    retry = setTimeout(open, pause)
    pause = Math.min(pause * 2, LAST_RETRY_MS)
  }

  open()
  return () => {
    closed = true
    clearTimeout(retry)
    source?.close()
  }
}

function readEvent(data: string): DriverEvent | UnknownEvent | undefined {
  try {
    return parseEvent(data)
  } catch {
    return undefined
  }
}
