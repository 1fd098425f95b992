import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import { replaceFile } from '@pluggram/base'
import { errorMessage, PluggramError, z } from '@pluggram/sdk'
import { unpackTar } from 'modern-tar/fs'

/** Where releases lie in a home; the file `current` there names the one that runs. */
const RELEASES = 'releases'
const CURRENT = 'current'
const MODULES = 'node_modules'
const PROGRAM = 'apps/assistant/bin/pluggram.js'

const packageSchema = z.looseObject({
  name: z.literal('pluggram'),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
})

/** The code of one version. */
export interface Release {
  readonly folder: string
  readonly version: string
  /** What is started with Node. */
  readonly program: string
}

/** @throws PluggramError `command-failed` when that is no release, with what is missing */
export async function readRelease(folder: string): Promise<Release> {
  const release = await readCode(folder)
  if (await exists(join(folder, MODULES))) return release
  throw notARelease(folder, 'its packages are not installed. Run "npm ci --omit=dev" in it, and try again')
}

function notARelease(folder: string, why: string): PluggramError {
  return new PluggramError('command-failed', `${folder} is no release of Pluggram: ${why}.`)
}

async function readCode(folder: string): Promise<Release> {
  const refuse = (why: string): PluggramError => notARelease(folder, why)
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  if (text === undefined) throw refuse('it has no package.json')
  const { data } = packageSchema.safeParse(parse(text))
  if (!data) throw refuse('its package.json does not name pluggram and a version')
  const program = join(folder, PROGRAM)
  if (!(await exists(program))) throw refuse(`${PROGRAM} is missing`)
  return { folder, version: data.version, program }
}

/** A release from what an owner named: its folder, or a tarball, which is unpacked into the home. */
export async function findRelease(home: string, target: string): Promise<Release> {
  const path = resolve(target)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return readRelease(path)
  if (found?.isFile() && /\.(?:tgz|tar\.gz|tar)$/.test(path)) return unpackRelease(home, path)
  throw new PluggramError(
    'command-failed',
    `${path} is neither the folder of a release nor a tarball (.tgz, .tar.gz, .tar).`,
  )
}

async function unpackRelease(home: string, tarball: string): Promise<Release> {
  const releases = join(home, RELEASES)
  await mkdir(releases, { recursive: true })
  const unpacking = await mkdtemp(join(releases, '.unpacking-'))
  try {
    const source = createReadStream(tarball)
    const plain = tarball.endsWith('.tar') ? source : source.pipe(createGunzip())
    await new Promise<void>((done, fail) => {
      source.once('error', fail)
      plain.once('error', fail)
      plain.pipe(unpackTar(unpacking)).once('error', fail).once('finish', done)
    })
    // npm packs everything into a folder "package"
    const [only, ...others] = await readdir(unpacking)
    const inner = only !== undefined && others.length === 0 ? join(unpacking, only) : unpacking
    const { version } = await readCode(inner)
    if (!(await exists(join(inner, MODULES)))) await install(inner)
    const folder = join(releases, version)
    await rm(folder, { recursive: true, force: true })
    await rename(inner, folder)
    return await readRelease(folder)
  } catch (error) {
    if (error instanceof PluggramError) throw error
    throw new PluggramError('command-failed', `${tarball} cannot be unpacked: ${errorMessage(error)}.`, {
      cause: error,
    })
  } finally {
    await rm(unpacking, { recursive: true, force: true })
  }
}

/** Installs the packages that a release names. */
async function install(folder: string): Promise<void> {
  const child = spawn('npm', ['ci', '--omit=dev'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1_000)))
  const code = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', (ended) => done(ended)),
  )
  if (code !== 0) throw new Error(`"npm ci --omit=dev" failed in it: ${said.trim()}`)
}

/** The folder of the release that this home runs; `undefined` when it runs what it was started with. */
export async function currentRelease(home: string): Promise<string | undefined> {
  const text = await readFile(join(home, RELEASES, CURRENT), 'utf8').catch(() => '')
  return text.trim() === '' ? undefined : resolve(home, RELEASES, text.trim())
}

/** Decides in one step which release the next start runs. */
export async function setCurrentRelease(home: string, folder: string): Promise<void> {
  await mkdir(join(home, RELEASES), { recursive: true })
  await replaceFile(join(home, RELEASES, CURRENT), `${folder}\n`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
