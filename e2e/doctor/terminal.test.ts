import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createHome, removeHomes } from '../support/home.ts'
import { ROOT } from '../support/program.ts'

afterEach(removeHomes)

test.runIf(process.platform === 'linux')(
  'on a terminal each change is asked for, and only that one is made',
  async () => {
    const home = await createHome({ 'config.json': '{ "log": { "levle": "info" } }', '.env': 'A=b\n' })
    await chmod(join(home, '.env'), 0o644)
    const command = `"${process.execPath}" apps/assistant/src/main.ts doctor files config --fix`
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TERM: 'xterm',
        NO_COLOR: '1',
        PLUGGRAM_HOME: home,
      },
    })
    const ended = once(child, 'close')
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const answer = async (times: number, word: string): Promise<void> => {
      await expect.poll(() => output.split('Make this change? [y/N]').length - 1).toBe(times)
      child.stdin.write(`${word}\r`)
    }
    await answer(1, '')
    // somebody saves the file while the change is shown
    await expect.poll(() => output).toContain('+ { "log": { "level": "info" } }')
    await writeFile(join(home, 'config.json'), '{ "log": { "levle": "debug" }, "http": { "port": 8081 } }')
    await answer(2, 'y')
    await ended
    expect(await readFile(join(home, 'config.json'), 'utf8')).toBe(
      '{ "log": { "level": "debug" }, "http": { "port": 8081 } }',
    )
    expect((await stat(join(home, '.env'))).mode & 0o777).toBe(0o644)
    expect(output).toMatch(
      /account of this machine can read \.env[\s\S]*1 warning\. What is left needs you\./,
    )
  },
)
