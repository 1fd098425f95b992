import { setTimeout as sleep } from 'node:timers/promises'
import { BotApiError } from './bot-api-error.ts'
import type { Emulation } from './emulation.ts'
import type { Fault } from './faults.ts'
import { coerceParams } from './http/coerce-params.ts'
import { modernizeParams } from './http/modernize-params.ts'
import type { MethodRegistry } from './method-registry.ts'
import type { Upload } from './upload.ts'

export interface MethodRequest {
  readonly method: string
  readonly params: Record<string, unknown>
  readonly uploads: ReadonlyMap<string, Upload>
  readonly signal: AbortSignal
}

/** The answer to a call. `fault` tells the transport how to fail while sending it. */
export interface MethodAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly fault?: Fault
}

/** Executes a Bot API call, from raw parameters to answer, and records it. */
export async function callMethod(
  emulation: Emulation,
  registry: MethodRegistry,
  request: MethodRequest,
): Promise<MethodAnswer> {
  const entry = registry.find(request.method)
  if (!entry) return failure(404, 'Not Found')
  let params = request.params
  let chatId: number | undefined
  let answer: MethodAnswer
  try {
    params = coerceParams(entry.plan, params)
    modernizeParams(entry.plan, params)
    chatId = typeof params['chat_id'] === 'number' ? params['chat_id'] : undefined
    const fault = emulation.faults.take(entry.name, chatId)
    const faulty = fault && (await applyFault(fault, request.signal))
    if (faulty) {
      answer = faulty
    } else {
      emulation.validator.checkParams(entry.name, params)
      const call = { emulation, uploads: request.uploads, signal: request.signal }
      answer = success(entry.name, await entry.run(params, call), fault)
    }
  } catch (error) {
    if (!(error instanceof BotApiError)) throw error
    answer = failure(error.code, error.message, error.parameters)
  }
  emulation.journal.add({ method: entry.name, params, chatId, time: Date.now(), status: answer.status })
  return answer
}

const DESCRIPTIONS: Record<string, string> = {
  setWebhook: 'Webhook was set',
  deleteWebhook: 'Webhook was deleted',
}

function success(method: string, result: unknown, fault: Fault | undefined): MethodAnswer {
  const description = DESCRIPTIONS[method]
  return {
    status: 200,
    body: { ok: true, result, ...(description !== undefined && { description }) },
    ...(fault?.kind === 'drop-response' && { fault }),
  }
}

function failure(code: number, description: string, parameters?: object): MethodAnswer {
  return {
    status: code,
    body: { ok: false, error_code: code, description, ...(parameters && { parameters }) },
  }
}

/** The answer that a fault gives instead of the call; undefined if the call continues. */
async function applyFault(fault: Fault, signal: AbortSignal): Promise<MethodAnswer | undefined> {
  switch (fault.kind) {
    case 'too-many-requests':
      return failure(429, `Too Many Requests: retry after ${fault.retryAfter}`, {
        retry_after: fault.retryAfter,
      })
    case 'server-error': {
      const status = fault.status ?? 500
      const reason = status === 500 ? 'Internal Server Error' : 'Bad Gateway'
      return { ...failure(status, reason), ...(fault.html && { fault }) }
    }
    case 'conflict':
      return failure(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      )
    case 'unauthorized':
      return fault.status === 404 ? failure(404, 'Not Found') : failure(401, 'Unauthorized')
    case 'forbidden':
      return failure(403, fault.description ?? 'Forbidden: bot was blocked by the user')
    case 'refused':
      return failure(fault.status ?? 400, fault.description)
    case 'drop-request':
    case 'garbage':
      return { status: 200, body: { ok: true, result: true }, fault }
    case 'delay':
      // a disconnect or shutdown ends the delay, but the call still takes effect
      await sleep(fault.ms, undefined, { signal }).catch(() => undefined)
      return undefined
    case 'drop-response':
      return undefined
    case 'hang':
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      return failure(500, 'Internal Server Error')
    case 'no-updates':
      return { status: 200, body: { ok: true, result: [] } }
  }
}
