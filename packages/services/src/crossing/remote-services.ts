import type { Services } from '@pluggram/sdk'
import { SERVICES } from '@pluggram/sdk/runtime'
import { byValue } from './by-value.ts'
import { CROSSINGS } from './crossings.ts'
import type { PluginLink } from './links.ts'

/** Services with plain calls only, in addition to those with a crossing. */
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

/** The services of a plugin's process that call the host. */
export type RemoteServices = Pick<Services, keyof typeof CROSSINGS | PlainServices>

/** Creates the services of a plugin's process that call the host, from the table of services. */
export function createRemoteServices(linkTo: (service: string) => PluginLink): RemoteServices {
  const plain = PLAIN.map((name) => [name, byValue(name, linkTo(name))])
  const own = Object.entries(CROSSINGS).map(([name, crossing]) => [name, crossing.plugin(linkTo(name))])
  return Object.fromEntries([...plain, ...own]) as RemoteServices
}
