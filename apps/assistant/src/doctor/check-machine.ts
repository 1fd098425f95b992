import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { findTimeZone } from '@pluggram/base'
import { openFilesLimit, ENOUGH_FILES } from '../open-files.ts'
import type { DoctorCheck } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'

const MEGABYTE = 1_048_576
/** The assistant with its default plugins, and room for one that runs in a process of its own. */
const LEAST_MEMORY_MB = 400
const NODE_MAJOR = 26
/** Where Linux tells the limit of a container or a service. */
const MEMORY_LIMITS = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']

/** What of this machine does not do for an assistant. */
export function findMachineProblems(): Problem[] {
  return [...node(), ...openFiles(), ...memory(), ...timeZone()]
}

export const machineCheck: DoctorCheck = {
  name: 'this machine',
  areas: ['version', 'resources', 'time'],
  run: findMachineProblems,
}

function node(): Problem[] {
  const { node: version } = process.versions
  if (Number(version.split('.', 1)[0]) === NODE_MAJOR) return []
  return [
    problem('version.node', {
      what: `This is Node ${version}; Pluggram is made for Node ${NODE_MAJOR}.`,
      why: 'It was started by another Node than the one that "npm ci" installs.',
      fix: 'Start it with: npx pluggram start.',
    }),
  ]
}

function openFiles(): Problem[] {
  const limit = openFilesLimit()
  if (limit >= ENOUGH_FILES) return []
  return [
    problem('resources.open-files', {
      what: `Only ${limit} files and connections may be open at the same time.`,
      why: 'Plugins, chats and pages need several each, and fail with EMFILE when there are no more.',
      fix: `ulimit -n ${2 * ENOUGH_FILES} before the start; for systemd: LimitNOFILE=${2 * ENOUGH_FILES}.`,
    }),
  ]
}

function memory(): Problem[] {
  const limit = Math.floor(Math.min(totalmem(), ...MEMORY_LIMITS.map(readLimit)) / MEGABYTE)
  if (limit >= LEAST_MEMORY_MB) return []
  return [
    problem('resources.memory', {
      what: `The assistant may use only ${limit} MB of memory.`,
      why: `It needs ${LEAST_MEMORY_MB} MB to be safe from being ended by the system while it works.`,
      fix: 'Raise the limit of the container or service (--memory, MemoryMax=), or switch off plugins that run in processes of their own.',
    }),
  ]
}

function readLimit(file: string): number {
  try {
    return Number(readFileSync(file, 'latin1')) || Infinity
  } catch {
    return Infinity
  }
}

function timeZone(): Problem[] {
  const { TZ: name } = process.env
  if (name === undefined || name === '' || /^:?\/|^:?posix/i.test(name) || findTimeZone(name) !== undefined)
    return []
  return [
    problem('time.zone', {
      what: `The variable TZ is "${name.slice(0, 40)}", which names no time zone.`,
      why: 'Programs then use UTC without a word: reminders and the log are in UTC.',
      fix: 'Correct TZ, for example TZ=Europe/Berlin, or set assistant.time_zone in config.json and unset TZ.',
    }),
  ]
}
