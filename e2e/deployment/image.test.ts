import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isLong } from '@pluggram/testing/long'
import { afterEach, describe, expect, test } from 'vitest'
import { bubblewrapProblem } from '../../packages/host/src/process/bubblewrap.ts'
import { logIn } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { findFreePort } from '../support/free-port.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { ROOT } from '../support/program.ts'
import { buildStage, checkHealth, CONTAINER_USER, startContainer, tiniProblem } from './container.ts'
import { commandOf, environmentOf, readDockerfile, stepsOf } from './dockerfile.ts'

afterEach(removeHomes)

const stages = readDockerfile(join(ROOT, 'deploy/docker/Dockerfile'))
const [build, walls, final] = stages
if (!build || !walls || !final) throw new Error('there are three stages')

describe('the Dockerfile', () => {
  test('ends with the assistant without a shell, and both images run the same', () => {
    expect(stages.map(({ name }) => name)).toEqual(['build', 'walls', 'assistant'])
    expect(final.base).toBe('gcr.io/distroless/cc-debian13:nonroot')
    // nothing to run a command with
    expect(stepsOf(final, 'RUN')).toEqual([])
    const common = walls.steps.filter(({ instruction }) => instruction !== 'RUN')
    expect(common).toEqual(final.steps)
    expect(stepsOf(final, 'USER')).toEqual([`${CONTAINER_USER}:${CONTAINER_USER}`])
    expect(environmentOf(final)['PLUGGRAM_HOME']).toBe(stepsOf(final, 'VOLUME')[0])
    expect(environmentOf(final)['PORT']).toBe(stepsOf(final, 'EXPOSE')[0])
    // written as lists: there is no shell that could read them
    for (const instruction of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'])
      expect(commandOf(final, instruction).length).toBeGreaterThan(0)
  })

  test('sees the plugins that ship, and no others', () => {
    const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      workspaces: string[]
    }
    const seen = readFileSync(join(ROOT, '.dockerignore'), 'utf8').matchAll(/^!(plugins\/.+)$/gm)
    expect([...seen].map(([, path]) => path)).toEqual(
      workspaces.filter((path) => path.startsWith('plugins/')),
    )
  })
})

const problem =
  (await bubblewrapProblem()) ??
  tiniProblem ??
  (process.getuid?.() === 0 ? undefined : 'only root can become another user')

const GREETER = `
export default class Greeter {
  async processMessage(message) {
    return message === 'hello' ? { success: true, response: 'hello from pid ' + process.pid } : undefined
  }
}
`

/** Its children that ended and that it did not take note of. */
function zombiesOf(parent: number): readonly string[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=', '--ppid', String(parent)], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => / Z/.test(line))
}

/** A program that leaves a process behind, which ends later. Process 1 becomes its parent. */
const ORPHANS = `
import { spawn } from 'node:child_process'
const late = "setTimeout(() => require('fs').writeFileSync('/home/pluggram/orphan.txt', 'over'), 500)"
spawn(process.execPath, ['-e', late], { detached: true, stdio: 'ignore' }).unref()
`

describe.skipIf(problem !== undefined || !isLong)('the image, built in a folder', () => {
  test('runs as another user without a shell, writes to its volume alone, tells its health and ends in order', async () => {
    using image = buildStage(build)
    const home = await createHome({
      'plugins/greeter.js': GREETER,
      'plugins_config.json': { enabled_plugins: { greeter: true, dice: true } },
      'orphans.mjs': ORPHANS,
      'config.json': {
        mcp: {
          servers: {
            orphans: { command: '/app/node_modules/.bin/node', args: ['/home/pluggram/orphans.mjs'] },
          },
        },
      },
    })
    const port = await findFreePort()
    const options = {
      home,
      environment: { PORT: String(port), PLUGGRAM_PASSWORD: 'a long password' },
    }
    spawnSync('chown', ['-R', `${CONTAINER_USER}:${CONTAINER_USER}`, home])
    expect(checkHealth(final, image, options)).toBe('1')

    await using container = await startContainer(final, image, options)
    const url = `http://127.0.0.1:${port}`
    await expect
      .poll(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status, { timeout: 60_000 })
      .toBe(200)
    expect(checkHealth(final, image, options)).toBe('0')
    await expect.poll(() => container.output()).toMatch(/login\?token=\S+\s/)
    const loginLink = /http:\S+login\?token=\S+/.exec(container.output())?.[0] ?? ''
    const driver = await logIn({ url, loginLink })
    // a plugin process starts, without any program of the system
    expect(await ask(driver, await createPerson(driver), 'hello')).toEqual([
      expect.stringMatching(/^hello from pid \d+$/),
    ])
    expect(statSync(join(home, 'data/pluggram.db')).uid).toBe(CONTAINER_USER)
    // compiled in the image: nothing is left to do at each start
    const [cache = ''] = readdirSync(join(image.root, 'app/node_modules/.cache/pluggram'))
    expect(cache).toMatch(new RegExp(`-${CONTAINER_USER}$`))

    // who loses its parent is taken in, and leaves nothing when it ends
    await expect.poll(() => existsSync(join(home, 'orphan.txt'))).toBe(true)
    await expect.poll(() => zombiesOf(container.pid)).toEqual([])

    process.kill(container.pid, 'SIGTERM')
    expect(await container.exited).toBe(0)
    expect(container.output()).toContain('"msg":"stopped"')
    expect(container.output()).not.toMatch(/EROFS|EACCES/)
    expect(checkHealth(final, image, options)).toBe('1')
  })
})
