import * as sdk from '@pluggram/sdk'
import type { ErrorCode } from '@pluggram/sdk'
import { createError, ERRORS } from '@pluggram/sdk/runtime'
import type { AnyErrorOptions } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { createTestHome } from '../test-home.ts'

const OPTIONS: AnyErrorOptions = {
  isRetryable: true,
  isAmbiguous: true,
  retryAfterSeconds: 7,
  cause: new Error('the cause'),
}

/** Describes an error from the host, or throws one with the requested code. */
const PLUGIN = `
import * as sdk from '@pluggram/sdk'
import { createError } from '@pluggram/sdk/runtime'
${classesOf.toString()}
${describeError.toString()}
export default class {
  constructor(config, services) { this.services = services }
  async processMessage(message) {
    const [word, code] = message.split(' ')
    if (word === 'throw') throw createError(code, 'about ' + code, {
      isRetryable: true, isAmbiguous: true, retryAfterSeconds: 7, cause: new Error('the cause'),
    })
    try {
      await this.services.statistics.read([code])
    } catch (error) {
      return { success: true, data: describeError(error, classesOf(error, sdk)) }
    }
  }
}
`

/** The error classes of the sdk that an error is an instance of. */
function classesOf(error: object, exports: object): string[] {
  return Object.entries(exports)
    .filter(([name, value]) => name.endsWith('Error') && /^[A-Z]/.test(name) && error instanceof value)
    .map(([name]) => name)
}

/** The parts of an error that a plugin can see. */
function describeError(error: object, classes: string[]): object {
  const { name, code, message, isRetryable, isAmbiguous, retryAfterSeconds, cause } = error as Record<
    string,
    unknown
  >
  const seen = { name, code, message, isRetryable, isAmbiguous, retryAfterSeconds, classes }
  return JSON.parse(JSON.stringify({ ...seen, cause: (cause as Error).message })) as object
}

test('errors of every code cross to a plugin process and back with their class', async () => {
  await using home = await createTestHome({ 'plugins/thrower.js': PLUGIN })
  const read = async ([code]: readonly string[] = []): Promise<never> => {
    throw createError(code as ErrorCode, `about ${code}`, OPTIONS)
  }
  const host = await home.host({ level: 'process', services: { statistics: { read } } })
  expect((await host.start()).problems).toEqual([])
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const error = createError(code, `about ${code}`, OPTIONS)
    const expected = describeError(error, classesOf(error, sdk))
    expect(expected).toMatchObject({ code, name: ERRORS[code].class })
    expect(await host.ask('thrower', `read ${code}`)).toMatchObject({ data: expected })
    const thrown: object = await host.ask('thrower', `throw ${code}`).then(
      () => expect.fail(`${code} was not thrown`),
      (reason: object) => reason,
    )
    expect(describeError(thrown, classesOf(thrown, sdk))).toEqual(expected)
  }
})
