import { PluggramError } from '@pluggram/sdk'
import type { Services } from '@pluggram/sdk'
import { SERVICES } from '@pluggram/sdk/runtime'
import { serveByValue } from './by-value.ts'
import { CROSSINGS } from './crossings.ts'
import type { Answer, Crossing, HostLink } from './links.ts'

/** Gives a plugin's process access to what the table of services allows, and nothing else. */
export function serveServices(
  services: Partial<Services>,
  link: HostLink,
): (service: unknown, method: unknown, args: readonly unknown[], signal: AbortSignal) => unknown {
  const answers = new Map(
    (Object.keys(SERVICES) as (keyof Services)[]).map((name) => [name as string, answersOf(name)]),
  )

  function answersOf(name: keyof Services): Readonly<Record<string, Answer>> {
    const service = services[name]
    if (typeof service !== 'object') return {}
    const crossing = (CROSSINGS as { readonly [Name in keyof Services]?: Crossing<unknown> })[name]
    return crossing ? crossing.host(service, link) : serveByValue(name, service)
  }

  return (service, method, args, signal) => {
    const known = answers.get(String(service))
    const answer = known && Object.hasOwn(known, String(method)) ? known[String(method)] : undefined
    if (!answer) {
      throw new PluggramError('permission-missing', `There is no ${String(service)}.${String(method)}.`)
    }
    return answer(args, signal)
  }
}
