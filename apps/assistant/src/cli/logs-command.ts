import { wait } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import { Failure } from '@pluggram/sdk/runtime'
import { askIfRunning, askOnlyRunning } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { styles } from './styles.ts'
import type { Styles } from './styles.ts'

const LOOK_MS = 300
/** A restart takes less. */
const GONE_MS = 5_000

const answer = z.object({ lines: z.array(z.string()), next: z.number() })

/** Prints the last log lines; with `isFollowing`, new ones until the assistant ends. */
export async function showLogs(
  cli: CliEnvironment,
  { isFollowing, count }: { readonly isFollowing: boolean; readonly count: string },
): Promise<number> {
  if (!/^[1-9]\d{0,2}$/.test(count) || Number(count) > 500)
    throw new Failure('usage', { subject: 'Option --lines needs a number from 1 to 500' }, 'command-failed')
  const style = styles(process.stdout)
  const show = (lines: readonly string[]): void => {
    for (const line of lines) cli.print(cli.isJson ? line.trimEnd() : readable(line, style))
  }
  const first = await askOnlyRunning(cli, { method: 'GET', path: `/api/log?count=${count}`, answer })
  show(first.lines)
  let { next } = first
  let goneSince: number | undefined
  if (!isFollowing) return 0
  for (;;) {
    await wait(LOOK_MS)
    const ask = { method: 'GET', path: `/api/log?after=${next}`, answer } as const
    // an assistant that stops may break off its answer
    const later = await askIfRunning(cli, ask).catch(() => undefined)
    if (later) {
      show(later.lines)
      next = later.next
      goneSince = undefined
    } else if (Date.now() - (goneSince ??= Date.now()) > GONE_MS) {
      cli.printError('The assistant has stopped.')
      return 0
    }
  }
}

const COLOURED: Readonly<Record<string, 'bad' | 'faint'>> = {
  error: 'bad',
  fatal: 'bad',
  debug: 'faint',
  trace: 'faint',
}

function readable(line: string, style: Styles): string {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line) as Record<string, unknown>
  } catch {
    return line.trimEnd()
  }
  const { level, time, msg, err: _err, ...fields } = record
  const details = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const paint = style[COLOURED[String(level)] ?? 'plain']
  const words = [
    style.faint(String(time).slice(0, 19)),
    paint(String(level).toUpperCase().padEnd(5)),
    String(msg),
  ]
  return [...words, style.faint(details.join(' '))].join(' ').trimEnd()
}
