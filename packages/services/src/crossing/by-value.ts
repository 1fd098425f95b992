import type { Services } from '@pluggram/sdk'
import { SERVICES } from '@pluggram/sdk/runtime'
import type { ServiceRow } from '@pluggram/sdk/runtime'
import type { Answer, PluginLink } from './links.ts'

/** A plugin process's proxy for the methods of a service that take and return plain data. */
export function byValue<Service>(service: keyof Services, link: PluginLink): Service {
  const methods = valueMethods(service).map((method) => [
    method,
    (...args: readonly unknown[]) => link.call(method, args),
  ])
  return Object.fromEntries(methods) as Service
}

/**
 * The host's side of these methods. The service validates the arguments, which may be anything.
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
