import type { FastifyInstance } from 'fastify'
import { compact } from '../compact.ts'
import type { EmulatorControl } from '../control.ts'
import { DriverError } from '../driver-error.ts'
import type { Emulation } from '../emulation.ts'
import type { Fault, FaultEffect } from '../faults.ts'
import { MAX_UPLOAD_BYTES } from '../options.ts'
import { BodyFields } from './body-fields.ts'
import { handleDriverError } from './driver-errors.ts'

const FAULT_KINDS = [
  'too-many-requests',
  'server-error',
  'delay',
  'drop-response',
  'drop-request',
  'conflict',
  'unauthorized',
  'forbidden',
  'refused',
  'garbage',
  'hang',
  'no-updates',
] as const

/** Mounts the routes for faults, the call journal and control. */
export function registerControlRoutes(
  fastify: FastifyInstance,
  emulation: Emulation,
  control: EmulatorControl,
): void {
  fastify.register(async (scope) => {
    scope.setErrorHandler(handleDriverError)

    scope.get('/calls', () => ({ calls: emulation.journal.list() }))
    scope.delete('/calls', (_request, reply) => {
      emulation.journal.clear()
      return reply.code(204).send()
    })

    scope.get('/faults', () => ({ remaining: emulation.faults.remaining }))
    scope.post('/faults', (request) => {
      emulation.faults.add(readFault(new BodyFields(request.body)))
      return { remaining: emulation.faults.remaining }
    })
    scope.delete('/faults', (_request, reply) => {
      emulation.faults.clear()
      return reply.code(204).send()
    })

    const act = (path: string, run: (body: BodyFields) => unknown): void => {
      scope.post(`/control/${path}`, (request, reply) => {
        const result = run(new BodyFields(request.body))
        return result === undefined ? reply.code(204).send() : result
      })
    }
    act('jump-update-ids', (body) => control.jumpUpdateIds(body.number('by')))
    act('redeliver', (body) => control.redeliver(body.number('updateId')))
    act('block-bot', (body) => control.blockBot(body.number('userId')))
    act('unblock-bot', (body) => control.unblockBot(body.number('userId')))
    act('replace-token', (body) => control.replaceToken(body.string('token')))
    act('promote-bot', (body) => control.promoteBot(body.number('chatId')))
    act('migrate-group', (body) => ({ chatId: control.migrateGroup(body.number('chatId')) }))
    scope.post('/control/store-file', { bodyLimit: 2 * MAX_UPLOAD_BYTES }, (request) => {
      const body = new BodyFields(request.body)
      const bytes = Buffer.from(body.string('base64'), 'base64')
      const names = { fileName: body.string('fileName'), mimeType: body.string('mimeType') }
      return { fileId: control.storeFile({ bytes, ...names }) }
    })
    act('raw-update', (body) => ({ updateId: control.sendRawUpdate(body.all) ?? null }))
  })
}

function readFault(body: BodyFields): Fault {
  const times = body.optionalNumber('times')
  if (times !== undefined && !(times >= 1)) {
    throw new DriverError(400, 'body-invalid', '"times" must be 1 or more.')
  }
  return {
    ...readEffect(body),
    ...compact({ method: readMethods(body.all['method']), chatId: body.optionalNumber('chatId'), times }),
  }
}

function readMethods(value: unknown): string | string[] | undefined {
  if (value === undefined || typeof value === 'string') return value
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value
  throw new DriverError(400, 'body-invalid', '"method" must be a method name or a list of them.')
}

function readEffect(body: BodyFields): FaultEffect {
  const kind = body.oneOf('kind', FAULT_KINDS)
  switch (kind) {
    case 'too-many-requests':
      return { kind, retryAfter: body.number('retryAfter') }
    case 'server-error': {
      const status = body.optionalNumber('status') ?? 500
      if (status !== 500 && status !== 502 && status !== 503 && status !== 504) {
        throw new DriverError(400, 'body-invalid', '"status" must be 500, 502, 503 or 504.')
      }
      return { kind, status, html: body.all['html'] === true }
    }
    case 'delay':
      return { kind, ms: body.number('ms') }
    case 'unauthorized':
      return { kind, ...(body.optionalNumber('status') === 404 && { status: 404 }) }
    case 'forbidden':
      return { kind, ...compact({ description: body.optionalString('description') }) }
    case 'refused':
      return {
        kind,
        description: body.string('description'),
        ...compact({ status: body.optionalNumber('status') }),
      }
    case 'garbage':
      return { kind, ...compact({ body: body.optionalString('body') }) }
    default:
      return { kind }
  }
}
