import type { Services } from '@pluggram/sdk'
import { SERVICES } from '@pluggram/sdk/runtime'
import type { ServiceRow } from '@pluggram/sdk/runtime'
import type { Answer, PluginLink } from './links.ts'

/**
 * The methods of a service that are plain data there and back, as a plugin's process calls them.
 */
export function byValue<Service>(service: keyof Services, link: PluginLink): Service {
  const methods = valueMethods(service).map((method) => [
    method,
    (...args: readonly unknown[]) => link.call(method, args),
  ])
  return Object.fromEntries(methods) as Service
}

/**
 * What answers these methods in the host. The service checks its arguments: they may be anything.
 */
export function serveByValue(service: keyof Services, target: object): Readonly<Record<string, Answer>> {
  const answers = valueMethods(service).map((method): [string, Answer] => [
    method,
    (args) => Reflect.apply(Reflect.get(target, method) as () => unknown, target, args),
  ])
  return Object.fromEntries(answers)
}

function valueMethods(service: keyof Services): string[] {
  const { methods }: ServiceRow<Record<string, unknown>> = SERVICES[service]
  return Object.entries(methods)
    .filter(([, crossing]) => crossing === 'value')
    .map(([method]) => method)
}
