import type { IncomingUpdate, StoredUpdate } from '@pluggram/sdk/runtime'

/** An update as JSON text. Its date goes as a number: an object with a `toJSON` of its own makes the whole take six times as long. */
export function encodeUpdate(update: IncomingUpdate): string {
  const { message } = update
  return JSON.stringify({ ...update, message: { ...message, date: message.date.getTime() } })
}

/** The update of a row that this program wrote. */
export function decodeUpdate(row: Record<string, unknown>): StoredUpdate {
  const update = JSON.parse(String(row.payload)) as IncomingUpdate
  return {
    update: { ...update, message: { ...update.message, date: new Date(update.message.date) } },
    tries: Number(row.tries),
  }
}
