import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'

function run(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args])
}

async function outcome(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: number; out: string; error: string }> {
  let out = ''
  let error = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, out, error }
}

describe('the command', () => {
  it('prints its address and token, serves, and ends cleanly on SIGTERM', async () => {
    const token = '42:AAabcdefghijklmnopqrstuvwxyz01234567'
    const child = run('--token', token, '--username', 'my_bot', '--name', 'Mine')
    const ended = outcome(child)
    const [printed] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /^Bot API: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(printed.toString())?.[1]
    const answer = await fetch(`${url}/bot${token}/getMe`)
    expect(await answer.json()).toMatchObject({ result: { id: 42, username: 'my_bot', first_name: 'Mine' } })
    const held = fetch(`${url}/bot${token}/getUpdates?timeout=30`)
    await setTimeout(100)
    // once this is answered, earlier requests have arrived
    await fetch(`${url}/bot${token}/getMe`)
    child.kill('SIGTERM')
    expect(await (await held).json()).toEqual({ ok: true, result: [] })
    expect(await ended).toMatchObject({ code: 0, error: '' })
  })

  it.each([
    [['--port', 'x'], '--port must be a number from 0 to 65535, not "x".'],
    [['--port', '70000'], '--port must be a number'],
    [['--token', 'secret'], 'The bot token must look like'],
    [['--username', '@me'], '--username must be'],
    [['--nonsense'], '--nonsense'],
  ])('refuses %j', async (args, message) => {
    const { code, error } = await outcome(run(...args))
    expect(code).toBe(1)
    expect(error).toContain(message)
    expect(error).not.toContain('    at ')
  })

  it('explains itself', async () => {
    expect(await outcome(run('--help'))).toMatchObject({
      code: 0,
      out: expect.stringContaining('--port NUMBER'),
    })
  })
})
