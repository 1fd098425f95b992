import { ScheduleError } from '@pluggram/sdk'
import type { ScheduleRequest } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import type { ScheduleRecord } from '@pluggram/storage/contracts'
import { slotsOf } from './schedule-times.ts'

const MAX_DATA_CHARACTERS = 16 * 1_024
const TIMEOUT_SECONDS = 60
/** A date further in the past is over and never runs. */
export const PAST_MS = 30 * 86_400_000

const name = z
  .string()
  .min(1, 'is empty')
  .max(200, 'has more than 200 characters')
  .regex(/^[^\p{Cc}]*$/u, 'has control characters')

const requestSchema = z.object({
  times: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('every'), seconds: z.number() }),
    z.object({
      kind: z.literal('cron'),
      expression: z.string().max(200),
      timeZone: z.string().max(100).optional(),
    }),
    z.object({ kind: z.literal('at'), date: z.date() }),
  ]),
  options: z.object({
    name: name.optional(),
    missed: z.enum(['skip', 'once', 'all']).optional(),
    jitterSeconds: z.number().min(0).max(86_400).default(0),
    timeoutSeconds: z.number().positive().max(600).default(TIMEOUT_SECONDS),
    data: z.unknown().optional(),
  }),
  task: z.string().max(200).optional(),
})

/**
 * Parses a plugin's request; a plugin process may send anything.
 * @param now milliseconds since 1970
 * @throws ScheduleError that says what is wrong
 */
export function createRecord(
  plugin: string,
  request: ScheduleRequest,
  { fallbackName, now }: { readonly fallbackName: string; readonly now: number },
): ScheduleRecord {
  const parsed = requestSchema.safeParse(request)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ScheduleError(`A schedule's ${issue?.path.at(-1)?.toString() ?? 'request'}: ${issue?.message}`)
  }
  const { times, options, task } = parsed.data
  const first = times.kind === 'at' ? times.date.getTime() : slotsOf(times, now).after(now)
  // throws on an invalid date
  slotsOf(times, now)
  if (first === undefined) throw new ScheduleError('That schedule never comes.')
  return {
    plugin,
    name: options.name ?? fallbackName,
    times,
    task,
    isDeclared: false,
    missed: options.missed ?? (times.kind === 'at' ? 'once' : 'skip'),
    jitterMs: options.jitterSeconds * 1_000,
    timeoutMs: options.timeoutSeconds * 1_000,
    data: encodeData(options.data),
    anchor: now,
    nextSlot: first < now - PAST_MS ? undefined : first,
    lastSlot: undefined,
    used: [],
    isPaused: false,
  }
}

function encodeData(data: unknown): string | undefined {
  if (data === undefined) return undefined
  let text: string | undefined
  try {
    text = JSON.stringify(data)
  } catch {
    text = undefined
  }
  if (text === undefined) throw new ScheduleError("A schedule's data is not JSON.")
  if (text.length > MAX_DATA_CHARACTERS) {
    throw new ScheduleError("A schedule's data is over 16 KiB; keep it in the store and give its key.")
  }
  return text
}
