import { constants } from 'node:fs'
import { access, lstat, readFile, rename } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { askLocally } from '@pluggram/http'
import type { LoadedConfiguration } from '@pluggram/config'
import { errorMessage, isPluggramError } from '@pluggram/sdk'
import { Failure } from '@pluggram/sdk/runtime'
import { doorFolder } from '../door-folder.ts'
import type { DoctorCheck, ExaminedHome } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import { closeFile, closeFolder } from './repair.ts'
import type { Repair } from './repair.ts'

const WORLD = 0o004
const OTHERS = 0o077
/** A file may contain a shorter value by chance. */
const SHORTEST_SECRET = 8

/** Files of the home that other accounts of this machine can read, but should not. */
export async function findOpenFiles(configuration: LoadedConfiguration): Promise<Problem[]> {
  const { home, secrets } = configuration
  // Windows has other rights
  if (process.platform === 'win32') return []
  const problems: Problem[] = []
  const isSecretText = (text: string) =>
    secrets.some((one) => one.length >= SHORTEST_SECRET && text.includes(one))
  const isInHome = (file: string): boolean => !relative(home, file).startsWith('..')
  for (const [name, isSecret] of [
    ['.env', () => true],
    ['secrets.key', () => true],
    ...configuration.readFiles.filter(isInHome).map((file) => [relative(home, file), isSecretText] as const),
    ['config.json', isSecretText],
  ] as const) {
    const file = join(home, name)
    const found = await lstat(file).catch(() => undefined)
    if (!found?.isFile() || (found.mode & WORLD) === 0) continue
    if (!isSecret(await readFile(file, 'utf8').catch(() => ''))) continue
    problems.push(
      problem(
        `files.secrets-open:${name}`,
        {
          what: `Every account of this machine can read ${name}, which holds secrets.`,
          why: `Its mode is ${(found.mode & 0o777).toString(8)}.`,
          fix: `chmod 600 ${file}`,
          where: name,
        },
        closeFile(home, file),
      ),
    )
  }
  const data = join(home, 'data')
  const folder = await lstat(data).catch(() => undefined)
  if (folder?.isDirectory() && (folder.mode & OTHERS) !== 0) {
    problems.push(
      problem(
        'files.data-open',
        {
          what: 'Other accounts of this machine can look into the data folder, which holds everybody’s messages.',
          why: `Its mode is ${(folder.mode & 0o777).toString(8)}.`,
          fix: `chmod -R go= ${data}`,
          where: 'data/',
        },
        closeFolder(home, data),
      ),
    )
  }
  return problems
}

export const rightsCheck: DoctorCheck = {
  name: 'the rights of files',
  areas: ['files'],
  run: ({ configuration }) => findOpenFiles(configuration),
}

/** What the assistant must be able to write. */
export const writableCheck: DoctorCheck = {
  name: 'whether the home can be written',
  areas: ['home'],
  async run({ home }) {
    const data = join(home, 'data')
    const places = [
      data,
      ...['pluggram.db', 'pluggram.db-wal', 'assistant.lock'].map((name) => join(data, name)),
    ]
    const found = await lstat(data).catch(() => undefined)
    const isNew = found === undefined
    if (found && !found.isDirectory() && !found.isSymbolicLink()) {
      return [
        problem('home.read-only', {
          what: `The assistant cannot write to ${data}, and does not start.`,
          why: 'It is a file, not a folder.',
          fix: `Move it away: mv ${data} ${data}.old`,
          where: 'data',
        }),
      ]
    }
    for (const place of isNew ? [home] : places) {
      const code = await access(place, constants.W_OK).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code,
      )
      if (code === undefined || code === 'ENOENT') continue
      const isReadOnly = code === 'EROFS'
      return [
        problem('home.read-only', {
          what: `The assistant cannot write to ${place}, and does not start.`,
          why: isReadOnly
            ? 'The disk is read-only.'
            : 'This account may not: it belongs to another one, or its mode forbids it.',
          fix: isReadOnly
            ? 'Make the disk writable, or choose another home (--home, or PLUGGRAM_HOME).'
            : `Give it to the account that runs the assistant: sudo chown -R ACCOUNT ${home}; chmod -R u+rwX ${home}`,
          where: relative(home, place) || '.',
        }),
      ]
    }
    return []
  },
}

/** Where commands reach the assistant. */
export const doorCheck: DoctorCheck = {
  name: 'the door for commands',
  areas: ['home'],
  async run({ home, isRunning }: ExaminedHome) {
    const folder = doorFolder(join(home, 'data'))
    try {
      const found = await lstat(folder).catch(() => undefined)
      if (!found) return []
      if (!found.isDirectory())
        throw new Failure('not-private', { subject: folder, reason: 'it is not a folder' })
      await askLocally(folder, { method: 'GET', path: '/api/findings' })
      return []
    } catch (error) {
      if (!isPluggramError(error)) throw error
      // an assistant that hangs is the matter of another check
      if (isRunning && !/not used|damaged/.test(error.message)) return []
      return [
        problem(
          'home.door-unusable',
          {
            what: 'Commands cannot reach an assistant in this home.',
            why: errorMessage(error),
            fix: `Stop the assistant, and delete ${folder}; it makes it again.`,
            where: 'data/door',
          },
          isRunning ? undefined : moveAside(home, folder),
        ),
      ]
    }
  },
}

function moveAside(home: string, folder: string): Repair {
  return {
    async plan() {
      if ((await lstat(folder).catch(() => undefined)) === undefined) return undefined
      const target = `${folder}.before-fix-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
      return {
        diff: [`${relative(home, folder)} → ${relative(home, target)}; the next start makes it again`],
        async apply() {
          await rename(folder, target)
          return `mv ${target} ${folder}`
        },
      }
    },
  }
}
