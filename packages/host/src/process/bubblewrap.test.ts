import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineTimeZone } from '@pluggram/base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bubblewrapCommand, bubblewrapProblem } from './bubblewrap.ts'

const problem = await bubblewrapProblem()
// the sandbox needs user namespaces, which some machines and containers do not allow
describe.skipIf(problem !== undefined)(
  `bubblewrap${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    let root: string
    let port: number
    const server = createServer((_request, response) => response.end('reached'))

    beforeAll(async () => {
      root = await realpath(await mkdtemp(join(tmpdir(), 'pluggram-walls-')))
      for (const folder of ['plugin', 'data', 'neighbour']) await mkdir(join(root, folder))
      await writeFile(join(root, 'neighbour/secret'), 'secret')
      await writeFile(join(root, 'config.json'), 'secret')
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      port = (server.address() as AddressInfo).port
    })
    afterAll(async () => {
      server.close()
      await rm(root, { recursive: true, force: true })
    })

    /** Runs code in the sandbox, without Node's permission model, and returns its output. */
    async function runInside(code: string): Promise<unknown> {
      await writeFile(join(root, 'plugin/main.mjs'), `const fs = await import('node:fs')\n${code}`)
      const [program, prefix] = bubblewrapCommand({
        readable: [join(root, 'plugin/*')],
        writable: [join(root, 'data')],
        workingDirectory: join(root, 'plugin'),
      })
      // the pid would be written to a file descriptor that does not exist here
      const args = prefix.toSpliced(prefix.indexOf('--info-fd'), 2)
      return new Promise((resolve, reject) => {
        execFile(
          program,
          [...args, process.execPath, 'main.mjs'],
          { cwd: join(root, 'plugin'), env: {}, timeout: 10_000 },
          (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(JSON.parse(stdout))),
        )
      })
    }

    test('there is no network, not even this machine', async () => {
      const code = `const outcome = await fetch('http://127.0.0.1:${port}').then((r) => r.text(), (e) => e.cause.code)
      console.log(JSON.stringify([outcome, Object.keys((await import('node:os')).networkInterfaces())]))`
      expect(await runInside(code)).toEqual(['ECONNREFUSED', ['lo']])
    })

    test('no other process is to be seen or reached', async () => {
      const code = `const pids = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name))
      let killed; try { process.kill(${process.pid}, 0); killed = true } catch (error) { killed = error.code }
      console.log(JSON.stringify({ pids, killed, environment: fs.readFileSync('/proc/1/environ', 'utf8') }))`
      expect(await runInside(code)).toEqual({
        pids: ['1'],
        killed: 'ESRCH',
        environment: 'TZ=' + machineTimeZone() + '\0PWD=' + root + '/plugin\0',
      })
    })

    test('only its own folder and what Node needs are there', async () => {
      const code = `const seen = (file) => { try { fs.readFileSync(file); return true } catch { return false } }
      console.log(JSON.stringify([fs.readdirSync(${JSON.stringify(root)}).sort(),
        ['${root}/config.json', '${root}/neighbour/secret', '/etc/passwd', '/root', '/var'].filter(seen)]))`
      expect(await runInside(code)).toEqual([['data', 'plugin'], []])
    })

    test('nothing can be written but its own data', async () => {
      const code = `const write = (file) => { try { fs.writeFileSync(file, 'x'); return 'written' } catch (error) { return error.code } }
      console.log(JSON.stringify(['plugin/x', 'data/x', 'x', '../x', '../../usr/lib/x'].map((file) => write('${root}/' + file))))`
      expect(await runInside(code)).toEqual(['EROFS', 'written', 'EROFS', 'EROFS', 'EROFS'])
      expect(await readFile(join(root, 'data/x'), 'utf8')).toBe('x')
    })
  },
)
