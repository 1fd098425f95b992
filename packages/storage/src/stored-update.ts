import type { IncomingUpdate, StoredUpdate } from '@pluggram/sdk/runtime'

/** An update as JSON text; its only value that JSON cannot hold is the date. */
export function encodeUpdate(update: IncomingUpdate): string {
  return JSON.stringify(update)
}

/** The update of a row that this program wrote. */
export function decodeUpdate(row: Record<string, unknown>): StoredUpdate {
  const update = JSON.parse(String(row.payload)) as IncomingUpdate
  return {
    update: { ...update, message: { ...update.message, date: new Date(update.message.date) } },
    tries: Number(row.tries),
  }
}
