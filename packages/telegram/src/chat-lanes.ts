/** Runs tasks of one chat one after the other, in the order they came; chats do not wait for each other. */
export interface ChatLanes {
  /** Rejects with the signal's reason when it is aborted before the task's turn; the task then never runs. */
  run<T>(chatId: number, task: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** How many chats have something running or waiting. */
  readonly size: number
}

export function createChatLanes(): ChatLanes {
  const tails = new Map<number, Promise<void>>()

  function append(chatId: number, task: () => Promise<void>): void {
    const tail = after(tails.get(chatId), task).finally(() => {
      if (tails.get(chatId) === tail) tails.delete(chatId)
    })
    tails.set(chatId, tail)
  }

  return {
    get size(): number {
      return tails.size
    },
    run(chatId, task, signal) {
      return new Promise((resolve, reject) => {
        const leave = (): void => reject(signal.reason as Error)
        if (signal.aborted) {
          leave()
          return
        }
        signal.addEventListener('abort', leave, { once: true })
        append(chatId, async () => {
          signal.removeEventListener('abort', leave)
          if (!signal.aborted) await task().then(resolve, reject)
        })
      })
    },
  }
}

async function after(previous: Promise<void> | undefined, task: () => Promise<void>): Promise<void> {
  await previous
  await task()
}
