import { createRequire } from 'node:module'
import { createError } from '@pluggram/sdk/runtime'
import { describe } from 'vitest'
import { describePluginContract } from './test-plugin-contract.ts'
import type { Starter } from './test-plugin-contract.ts'
import { createTestHome, LEVELS } from '../test-home.ts'

// vitest has its own copy of the sdk; plugins in this process import the one that Node loads
const native = createRequire(import.meta.url)('@pluggram/sdk/runtime') as Pick<Starter, 'createError'>

describe.each(LEVELS)('a plugin %s', (level) => {
  describePluginContract({
    createError: level === 'inline' ? native.createError : createError,
    async start({ source, services, limits }) {
      const home = await createTestHome({ 'plugins/specimen.js': source })
      const host = await home.host({ level, services, ...(limits && { limitsFor: () => limits }) })
      const { problems } = await host.start()
      if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
      return { host, logged: host.logged, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
    },
  })
})
