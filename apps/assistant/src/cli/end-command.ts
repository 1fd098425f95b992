import { wait } from '@pluggram/base'
import { PluggramError, z } from '@pluggram/sdk'
import { askIfRunning, askOnlyRunning, isHomeFree } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { loadUsable } from './load-usable.ts'
import { STATUS } from './status-command.ts'

/** A stop takes ten seconds at most, and a start waits for plugins. */
const END_MS = 90_000
const LOOK_MS = 100

const ended = z.object({ pid: z.number() })

/** Stops the running assistant and waits until it has ended. */
export async function stop(cli: CliEnvironment): Promise<number> {
  const { pid } = await askOnlyRunning(cli, { method: 'POST', path: '/api/stop', answer: ended })
  await until(async () => isHomeFree(cli.home) || !isAlive(pid), 'The assistant has not stopped.')
  cli.print('The assistant has stopped.')
  return 0
}

/** Restarts the running assistant and waits until it takes commands again. */
export async function restart(cli: CliEnvironment): Promise<number> {
  // one that cannot start again must not be stopped
  await loadUsable(cli)
  const before = await askOnlyRunning(cli, STATUS)
  const { pid } = await askOnlyRunning(cli, { method: 'POST', path: '/api/restart', answer: ended })
  let isBack = false
  await until(async () => {
    const now = await askIfRunning(cli, STATUS).catch(() => undefined)
    isBack = now !== undefined && now.startedAt !== before.startedAt
    return isBack || !isAlive(pid)
  }, 'The assistant has not come back.')
  if (!isBack) {
    throw new PluggramError(
      'command-failed',
      'The assistant has stopped and did not start again. Its output says why; start it with "npx pluggram start".',
    )
  }
  cli.print('The assistant has restarted.')
  return 0
}

async function until(isDone: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + END_MS
  while (!(await isDone())) {
    if (Date.now() > end) throw new PluggramError('command-failed', `${otherwise} See its log.`)
    await wait(LOOK_MS)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
