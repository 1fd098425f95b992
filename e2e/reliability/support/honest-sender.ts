/**
 * Delivers honest updates one after another until it is stopped. It runs in its own thread, so that
 * the attacker's own work does not distort the figures.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { createWebhookClient, messageUpdate } from './webhook-client.ts'

export interface HonestFigures {
  /** The duration of each acknowledgement, in ms. */
  readonly acks: readonly number[]
  readonly statuses: readonly number[]
}

interface Task {
  readonly url: string
  readonly person: EmulatedUser
  readonly firstId: number
}

export interface HonestSender {
  /** Stops it and returns its figures. */
  end(): Promise<HonestFigures>
}

const PAUSE_MS = 20

export function startHonestSender(task: Task): HonestSender {
  const worker = new Worker(new URL(import.meta.url), { workerData: task })
  const figures = new Promise<HonestFigures>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return {
    end() {
      worker.postMessage('end', [])
      return figures
    },
  }
}

if (!isMainThread && isTask(workerData)) void send(workerData)

function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && 'url' in value && 'firstId' in value
}

async function send({ url, person, firstId }: Task): Promise<void> {
  const client = createWebhookClient(url)
  const acks: number[] = []
  const statuses = new Set<number>()
  const ending = new AbortController()
  parentPort?.once('message', () => ending.abort())
  for (let id = firstId; !ending.signal.aborted; id += 1) {
    const startedAt = performance.now()
    statuses.add(await client.post(messageUpdate(id, person, `honest ${id}`)))
    acks.push(performance.now() - startedAt)
    await sleep(PAUSE_MS)
  }
  client.close()
  parentPort?.postMessage({ acks, statuses: [...statuses] } satisfies HonestFigures, [])
}
