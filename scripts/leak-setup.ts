import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect } from 'vitest'

// Bots of other libraries leave timers behind when they stop; we cannot fix that.
// oxlint-disable-next-line vitest/no-standalone-expect -- a setup file asks which test file runs
const isOthers = expect.getState().testPath?.endsWith('libraries.test.ts') ?? false

// On a busy machine, connections may close later. Servers, timers, watchers and processes must be
// gone.
if (!isOthers) installLeakCheck({ settleMilliseconds: 2_000, ignore: ['TCPSocketWrap', 'PipeWrap'] })
