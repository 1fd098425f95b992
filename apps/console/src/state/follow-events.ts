import { API_BASE } from '../api/api-client.ts'
import type { EventStreamHandlers } from '../api/event-stream.ts'
import type { ChatLoading } from './chat-loading.ts'
import { nextExpiry, sequenceVerdict } from './playground-reducer.ts'
import type { ActTools } from './send-acts.ts'

interface FollowOptions extends Pick<ActTools, 'doors' | 'store' | 'explain'> {
  readonly loading: ChatLoading
  /** Opens the first chat, and creates it when there is none. */
  welcome(): Promise<void>
}

const RETRY_MS = 2000

/** Loads the page's data and follows events until the returned function is called. */
export function followEvents(options: FollowOptions): () => void {
  const { doors, store, explain, loading, welcome } = options
  const { dispatch, getState } = store
  let closeStream: (() => void) | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const stopClock = runClock(store, doors.now)

  async function begin(): Promise<void> {
    try {
      await loading.loadState()
      if (stopped) return
      await welcome()
      if (!stopped) closeStream = doors.openEventStream(`${API_BASE}/events`, streamHandlers(options))
    } catch (error) {
      const message = explain(error)
      if (getState().status.kind === 'loading' || getState().status.kind === 'failed') {
        dispatch({ type: 'status-changed', status: { kind: 'failed', message } })
        if (!stopped) retry = setTimeout(() => void begin(), RETRY_MS)
      }
    }
  }

  void begin()
  return () => {
    stopped = true
    clearTimeout(retry)
    stopClock()
    closeStream?.()
  }
}

function streamHandlers(options: FollowOptions): EventStreamHandlers {
  const { doors, store, explain } = options
  const { dispatch, getState } = store

  async function resynchronise(): Promise<void> {
    try {
      await synchronise(options)
    } catch (error) {
      // the stream reconnects automatically, and that triggers the next attempt
      explain(error)
    }
  }

  return {
    onOpen() {
      dispatch({ type: 'stream-opened' })
      void resynchronise()
    },
    onEvent(event) {
      const verdict = sequenceVerdict(getState().lastSequence, event.sequence)
      dispatch({ type: 'event-received', event, now: doors.now() })
      if (verdict === 'gap') void resynchronise()
    },
    onUnreadable: () => void resynchronise(),
    onDown: () => dispatch({ type: 'stream-lost' }),
    async onRefused() {
      try {
        await doors.api.state()
      } catch (error) {
        explain(error)
      }
      return getState().status.kind === 'ready'
    },
  }
}

/** Reloads everything whenever events may have been missed. */
async function synchronise({ store, loading, welcome }: FollowOptions): Promise<void> {
  const wasOpen = store.getState().openChatId !== undefined
  await loading.loadState()
  if (wasOpen && store.getState().openChatId === undefined) await welcome()
  await loading.loadTranscripts()
}

/** Dispatches the time whenever a draft, an action or a press expires. */
function runClock(store: ActTools['store'], now: () => number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let scheduled: number | undefined
  function schedule(): void {
    const expiry = nextExpiry(store.getState())
    if (expiry === scheduled) return
    scheduled = expiry
    clearTimeout(timer)
    if (expiry === undefined) return
    timer = setTimeout(
      () => {
        scheduled = undefined
        store.dispatch({ type: 'time-passed', now: now() })
        schedule()
      },
      Math.max(0, expiry - now()),
    )
  }
  const unsubscribe = store.subscribe(schedule)
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}
