import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ROOT } from '../support/program.ts'
import { systemdProblem } from '../support/systemd.ts'

const FOLDER = join(ROOT, 'deploy/systemd')
const folder = mkdtempSync(join(tmpdir(), 'pluggram-unit-'))
afterAll(() => rmSync(folder, { recursive: true }))

const unit = readFileSync(join(FOLDER, 'pluggram.service'), 'utf8')
const walls = readFileSync(join(FOLDER, 'bubblewrap.conf'), 'utf8')

/** systemd-analyze wants a program that is there. */
function write(text: string): string {
  const file = join(folder, 'pluggram.service')
  writeFileSync(file, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
  return file
}

/** A drop-in counts like the same lines at the end of their section. */
function withDropIn(): string {
  const [before = '', after = ''] = unit.split('[Install]')
  return `${before}${walls.replace(/^\[Service\]$/m, '')}\n[Install]${after}`
}

function analyze(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync('systemd-analyze', ['--no-pager', ...args], { encoding: 'utf8' })
  return stdout + stderr
}

describe.skipIf(systemdProblem !== undefined)("systemd's own judgement", () => {
  test.for([
    { name: 'the unit', text: unit, most: 2 },
    { name: 'the unit with the drop-in for bubblewrap', text: withDropIn(), most: 3.5 },
  ])('$name has no mistakes and exposes little', ({ text, most }) => {
    const file = write(text)
    expect(analyze('verify', '--man=no', file)).toBe('')
    const [, exposure] =
      /Overall exposure level.*: ([\d.]+)/.exec(analyze('security', '--offline=true', file)) ?? []
    expect(Number(exposure)).toBeLessThanOrEqual(most)
    expect(Number(exposure)).toBeGreaterThan(0)
  })

  test('a mistake in the unit would be seen', () => {
    expect(
      analyze('verify', '--man=no', write(unit.replace('ProtectSystem=strict', 'ProtectSystm=strict'))),
    ).toMatch(/ProtectSystm/)
  })
})

test('the unit speaks with systemd and keeps the watchdog, and what is needed for plugins is left alone', () => {
  expect(unit).toMatch(/^Type=notify$/m)
  expect(unit).toMatch(/^NotifyAccess=all$/m)
  expect(unit).toMatch(/^WatchdogSec=60$/m)
  // Node compiles while it runs
  expect(unit).not.toMatch(/^MemoryDenyWriteExecute=yes/m)
  // a stop takes ten seconds
  expect(Number(/^TimeoutStopSec=(\d+)/m.exec(unit)?.[1])).toBeGreaterThan(10)
  const page = readFileSync(join(ROOT, 'docs/reference/exit-codes.md'), 'utf8')
  const never = /^RestartPreventExitStatus=.+$/m
  expect(never.exec(unit)?.[0]).toBe(never.exec(page)?.[0])
  const credentials = [...unit.matchAll(/^#?LoadCredential=(\w+):/gm)].map(([, name]) => name)
  const used = [...unit.matchAll(/^#?Environment=(\w+)_FILE=%d\/(\w+)$/gm)].map(([, variable, name]) => [
    variable?.toLowerCase(),
    name,
  ])
  expect(used).toEqual(credentials.map((name) => [name, name]))
})
