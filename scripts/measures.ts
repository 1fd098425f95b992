/**
 * `npm run measures`: prints the measures of the code's structure, computed from the current code.
 * With `--files`, also the files that run for one message; that needs Linux (it reads /proc).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOptions } from './read-options.ts'
import { functionLengths } from './function-lengths.ts'
import { isTest, ownerOf, readHouse } from './house.ts'
import { filesToTouch } from './measures/files-to-touch.ts'
import { filesOfOneMessage } from './measures/message-run.ts'
import { messageTypes } from './measures/message-types.ts'
import { rootStyle } from './measures/root-style.ts'
import { circles } from './structure.ts'

const { values } = readOptions({ options: { files: { type: 'boolean', default: false } } })
const root = fileURLToPath(new URL('..', import.meta.url))
const house = readHouse(root)

function say(measure: string, figure: string | number, wanted: string): void {
  console.log(`${measure.padEnd(62)} ${String(figure).padEnd(28)} ${wanted}`)
}

/** The parts that a message passes through, without those that everybody may import. */
function partsOf(files: readonly string[]): string[] {
  const parts = new Set(files.map((file) => ownerOf(join(root, file), root)))
  return [...parts].filter((part) => part !== 'packages/base' && part !== 'packages/sdk')
}

async function sayMessageFigures(): Promise<void> {
  const runs = {
    inline: await filesOfOneMessage(root, 'inline'),
    process: await filesOfOneMessage(root, 'process'),
  }
  say(
    'files that run for one message, inline / process',
    `${runs.inline.length} / ${runs.process.length}`,
    '≤ 35 / ≤ 50',
  )
  const parts = partsOf(runs.inline)
  say('package borders of one message (parts it runs in, less one)', parts.length - 1, '≤ 7')
  if (!values.files) return
  for (const [name, files] of Object.entries(runs)) console.log(`\n${name}\n  ${files.join('\n  ')}`)
}

function sayStaticFigures(): void {
  const { names, strangers } = messageTypes(house)
  say('type names of one outgoing message', names.length, '≤ 6')
  if (strangers.length > 0) console.log(`  not in scripts/measures/message-types.ts: ${strangers.join(', ')}`)
  for (const { what, files, wanted } of filesToTouch(house))
    say(`files to touch: ${what}`, files.length, wanted)
  const [longest] = functionLengths(house)
  say('longest function, in lines', `${longest?.lines} (${longest?.place})`, '≤ 80')
  const { lets, thunks } = rootStyle(house)
  say('let / forward thunks in the root', `${lets.length} / ${thunks.length}`, '0 / 0')
  say('import circles, worker addresses included', circles(house.files, root).length, '0')
  const production = [...house.files.values()].filter(({ path }) => !isTest(relative(root, path)))
  const lines = production.reduce((sum, { text }) => sum + text.trimEnd().split('\n').length, 0)
  say('production lines of TypeScript, in files', `${lines} in ${production.length}`, 'fewer')
}

function sayUnusedExports(): void {
  const knip = join(root, 'node_modules/knip/bin/knip.js')
  const args = ['--include', 'exports,types', '--reporter', 'json', '--no-config-hints']
  const { stdout } = spawnSync(process.execPath, [knip, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const { issues } = JSON.parse(stdout) as {
    issues: { file: string; exports?: unknown[]; types?: unknown[] }[]
  }
  const apart = /^packages\/(?:sdk|testing|plugin-kit)\/|^(?:plugins|docs|e2e|bench)\//
  const unused = issues
    .filter(({ file }) => !apart.test(file))
    .reduce((sum, { exports = [], types = [] }) => sum + exports.length + types.length, 0)
  say('exports that nobody else uses (sdk, testing, plugin-kit apart)', unused, '0')
}

function sayReadmes(): void {
  const folders = readdirSync(join(root, 'packages'))
  const good = folders.filter((folder) => {
    const file = join(root, 'packages', folder, 'README.md')
    return existsSync(file) && readFileSync(file, 'utf8').split('\n').length <= 60
  })
  say('packages with a README of one screen', `${good.length} of ${folders.length}`, 'all')
}

sayStaticFigures()
sayUnusedExports()
sayReadmes()
await sayMessageFigures()
