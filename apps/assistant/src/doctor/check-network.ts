import { errorMessage } from '@pluggram/sdk'
import type { DoctorCheck, ExaminedHome } from './examined-home.ts'
import { problem } from './problem.ts'

/** Signatures and time limits of other services allow about this much. */
const MOST_SKEW_SECONDS = 60
const LIMIT_MS = 4_500

/** The servers that an assistant with this configuration talks to; Telegram is the first. */
export function serversOf({ settings }: Pick<ExaminedHome, 'settings'>): URL[] {
  const { telegram, ai } = settings
  const addresses = [
    ...(telegram.botToken === undefined ? [] : [telegram.apiRoot ?? 'https://api.telegram.org']),
    ...Object.values(ai.providers).flatMap(({ baseUrl }) => baseUrl ?? []),
    ...(ai.baseUrl === undefined ? [] : [ai.baseUrl]),
  ]
  return addresses.map((address) => new URL(address))
}

export const networkCheck: DoctorCheck = {
  name: 'the network',
  areas: ['network'],
  isNetwork: true,
  run: ({ reach }) => reach.problems,
}

/** Compares this machine's clock with that of a server it talks to anyway. */
export const clockCheck: DoctorCheck = {
  name: 'the clock',
  areas: ['time'],
  isNetwork: true,
  async run(home) {
    const [server] = serversOf(home)
    // without a server there is nobody to compare with, and nobody who would mind
    if (!server || !(await home.reach.mayAsk(server))) return []
    const asked = Date.now()
    const response = await fetch(server.origin, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    }).catch((error: unknown) => errorMessage(error))
    // that it cannot be reached is said by the check of that server
    if (typeof response === 'string') return []
    const theirs = Date.parse(response.headers.get('date') ?? '')
    const seconds = Math.round((theirs - (asked + Date.now()) / 2) / 1_000)
    if (Number.isNaN(seconds) || Math.abs(seconds) <= MOST_SKEW_SECONDS) return []
    const amount = `${Math.abs(seconds)} s ${seconds > 0 ? 'slow' : 'fast'}`
    return [
      problem('time.skew', {
        what: `The clock of this machine is ${amount}.`,
        why: `${server.host} says that it is ${new Date(theirs).toISOString()}. Reminders come at wrong times, and services may refuse requests.`,
        fix: 'Set the clock, best by switching on time synchronisation: timedatectl set-ntp true.',
      }),
    ]
  },
}
