import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { ROOT } from '../support/program.ts'
import { commandOf, createIgnore, environmentOf, stepsOf } from './dockerfile.ts'
import type { DockerStage } from './dockerfile.ts'

/** Folders of this system that stand for those of the base image. */
const SYSTEM = ['/usr', '/etc']
const LINKS = [
  ['usr/lib', '/lib'],
  ['usr/lib64', '/lib64'],
  ['usr/bin', '/bin'],
  ['usr/sbin', '/sbin'],
] as const
/** Libraries alone: no shell, no other program. */
const BARE = ['/usr/lib', '/usr/lib64', '/usr/share/zoneinfo', '/etc/resolv.conf', '/etc/ssl', '/etc/hosts']

export const CONTAINER_USER = 65_532

/** Why there is no tini here, which is process 1 of the image; `undefined` when there is. */
export const tiniProblem: string | undefined =
  spawnSync('tini-static', ['--version']).status === 0 ? undefined : 'there is none (Debian package "tini")'

/** A folder that holds what an image would hold. */
export interface Image extends Disposable {
  /** Its root. */
  readonly root: string
}

/**
 * Runs the steps of a build stage, each in a root of its own, where only the image's folders can be
 * written. Packages of Debian count as installed.
 */
export function buildStage(stage: DockerStage): Image {
  const root = mkdtempSync(join(tmpdir(), 'pluggram-image-'))
  const remove = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  try {
    runSteps(stage, root)
  } catch (error) {
    remove()
    throw error
  }
  return { root, [Symbol.dispose]: remove }
}

function runSteps(stage: DockerStage, root: string): void {
  const isSeen = createIgnore(readFileSync(join(ROOT, '.dockerignore'), 'utf8'))
  let folder = '/'
  let user: number | undefined
  mkdirSync(join(root, 'out'))
  // another user runs it
  chmodSync(root, 0o755)
  for (const { instruction, rest } of stage.steps) {
    if (instruction === 'WORKDIR') mkdirSync(join(root, (folder = rest)), { recursive: true })
    else if (instruction === 'USER') user = Number.parseInt(rest, 10)
    else if (instruction === 'COPY') copyFromContext(rest, join(root, folder), isSeen)
    else if (instruction === 'RUN' && !rest.startsWith('apt-get')) runStep(rest, { root, folder, user })
    else if (instruction !== 'RUN') throw new Error(`a step that is not known here: ${instruction}`)
  }
}

function copyFromContext(rest: string, folder: string, isSeen: (path: string) => boolean): void {
  const paths = rest.split(/\s+/)
  const to = paths.pop() ?? ''
  for (const path of paths) {
    const target = to.endsWith('/') ? join(folder, to, path) : join(folder, to)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(ROOT, path), target, {
      recursive: true,
      filter: (source) => {
        const inside = relative(ROOT, resolve(source))
        // a folder on the way to files that are seen
        return inside === path || inside === 'plugins' || isSeen(inside)
      },
    })
  }
}

interface StepPlace {
  readonly root: string
  readonly folder: string
  readonly user: number | undefined
}

function runStep(command: string, { root, folder, user }: StepPlace): void {
  const npmCache = join(homedir(), '.npm')
  mkdirSync(npmCache, { recursive: true })
  const as = user === undefined ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups']
  const { status, stdout, stderr } = spawnSync(
    'bwrap',
    [
      ...SYSTEM.flatMap((path) => ['--ro-bind', path, path]),
      ...LINKS.flatMap(([target, path]) => ['--symlink', target, path]),
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--tmpfs',
      '/tmp',
      '--chmod',
      '1777',
      '/tmp',
      '--bind',
      join(root, folder),
      folder,
      '--bind',
      join(root, 'out'),
      '/out',
      '--bind',
      npmCache,
      '/npm-cache',
      '--setenv',
      'npm_config_cache',
      '/npm-cache',
      '--chdir',
      folder,
      '--unshare-pid',
      '--die-with-parent',
      ...as,
      'sh',
      '-ec',
      command,
    ],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: '/tmp', npm_config_prefer_offline: 'true' },
      maxBuffer: 64 * 1_048_576,
    },
  )
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}\n${stderr}`)
}

export interface ContainerOptions {
  /** The folder that is the volume. */
  readonly home: string
  readonly environment: Readonly<Record<string, string>>
}

export interface Container extends AsyncDisposable {
  /** The id of process 1 of the container, from outside. */
  readonly pid: number
  output(): string
  readonly exited: Promise<number | NodeJS.Signals>
}

/**
 * Starts what the stage says, as its user, in a root of libraries that nobody can write to; the
 * volume is the only exception.
 */
export async function startContainer(
  stage: DockerStage,
  image: Image,
  options: ContainerOptions,
): Promise<Container> {
  const command = [...commandOf(stage, 'ENTRYPOINT'), ...commandOf(stage, 'CMD')]
  chownSync(options.home, CONTAINER_USER, CONTAINER_USER)
  const child = spawn('setpriv', containerArguments(stage, image, options, command, ['--info-fd', '3']), {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = new Promise<number | NodeJS.Signals>((done) =>
    child.once('close', (code, signal) => done(signal ?? code ?? 0)),
  )
  let info = ''
  for await (const text of child.stdio[3] as NodeJS.ReadableStream) {
    info += String(text)
    if (info.includes('}')) break
  }
  const pid = Number(/"child-pid": (\d+)/.exec(info)?.[1])
  return {
    pid,
    output: () => output,
    exited,
    async [Symbol.asyncDispose]() {
      // process 1 ends with it
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs the stage's health check as Docker would. Returns its exit code, and what it printed. */
export function checkHealth(stage: DockerStage, image: Image, options: ContainerOptions): string {
  const args = containerArguments(stage, image, options, commandOf(stage, 'HEALTHCHECK'))
  const { status, stdout, stderr } = spawnSync('setpriv', args, {
    env: {},
    encoding: 'utf8',
    timeout: 30_000,
  })
  return `${status}${stdout}${stderr}`
}

function containerArguments(
  stage: DockerStage,
  { root }: Image,
  { home, environment }: ContainerOptions,
  command: readonly string[],
  more: readonly string[] = [],
): string[] {
  const all = { ...environmentOf(stage), ...environment }
  const [volume = ''] = stepsOf(stage, 'VOLUME')
  const libraries = BARE.filter((path) => existsSync(path))
  return [
    `--reuid=${CONTAINER_USER}`,
    `--regid=${CONTAINER_USER}`,
    '--clear-groups',
    'bwrap',
    '--unshare-user',
    '--unshare-pid',
    '--unshare-ipc',
    '--as-pid-1',
    '--cap-drop',
    'ALL',
    ...libraries.flatMap((path) => ['--ro-bind', path, path]),
    ...LINKS.slice(0, 2).flatMap(([target, path]) => ['--symlink', target, path]),
    '--ro-bind',
    '/usr/bin/tini-static',
    '/usr/bin/tini-static',
    '--ro-bind',
    join(root, 'app'),
    '/app',
    '--bind',
    home,
    volume,
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--remount-ro',
    '/',
    ...Object.entries(all).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    volume,
    '--die-with-parent',
    ...more,
    '--',
    ...command,
  ]
}
