import type { Services } from '@pluggram/sdk'
import { SERVICES } from '@pluggram/sdk/runtime'
import { byValue } from './by-value.ts'
import { CROSSINGS } from './crossings.ts'
import type { PluginLink } from './links.ts'

/** Services that answer plain calls, beside those with a crossing. */
const PLAIN = (Object.keys(SERVICES) as (keyof Services)[]).filter(
  (name) => !(name in CROSSINGS) && Object.values(SERVICES[name].methods).includes('value'),
)

type PlainServices = {
  [
    Name in keyof typeof SERVICES
  ]: 'value' extends (typeof SERVICES)[Name]['methods'][keyof (typeof SERVICES)[Name]['methods']]
    ? Name
    : never
}[keyof typeof SERVICES]

/** Services of a plugin's process that are calls to the host. */
export type RemoteServices = Pick<Services, keyof typeof CROSSINGS | PlainServices>

/** Makes the services of a plugin's process that the host answers, from the table of services. */
export function createRemoteServices(linkTo: (service: string) => PluginLink): RemoteServices {
  const plain = PLAIN.map((name) => [name, byValue(name, linkTo(name))])
  const own = Object.entries(CROSSINGS).map(([name, crossing]) => [name, crossing.plugin(linkTo(name))])
  return Object.fromEntries([...plain, ...own]) as RemoteServices
}
