import type { Services } from '@pluggram/sdk'
import { currentStep, errorName, inStep, SERVICES } from '@pluggram/sdk/runtime'
import type { MethodCrossing, Step, StepKind } from '@pluggram/sdk/runtime'

type RecordedName = Exclude<keyof Services, 'captureException'>
type Methods = Readonly<Record<string, MethodCrossing>>

/** Requests to models are steps of their own. */
const RECORDED_ELSEWHERE = 'ai'
/** What a call of these asks for is done by the assistant, and may take a while. */
const ASKED: ReadonlySet<MethodCrossing | undefined> = new Set<MethodCrossing>(['value', 'callback'])

const RECORDED = (Object.keys(SERVICES) as RecordedName[]).filter(
  (name) =>
    name !== RECORDED_ELSEWHERE && Object.values(methodsOf(name)).some((crossing) => ASKED.has(crossing)),
)

type Method = (...args: readonly unknown[]) => unknown

/** A step's kind and name. Names are of methods, hosts and plugins; arguments may be people's words. */
interface StepName {
  readonly kind: StepKind
  readonly name: string
}

/**
 * The same services, whose calls become steps of the journey of the message that the plugin works
 * on. A call about no message is passed on as it is.
 */
export function recordServices<Given extends Partial<Services>>(services: Given): Given {
  const own = RECORDED.flatMap((name) => {
    const service = services[name]
    return service === undefined ? [] : [[name, recordOne(name, service)] as const]
  })
  return { ...services, ...Object.fromEntries(own) }
}

function recordOne(name: RecordedName, service: object): object {
  const methods = methodsOf(name)
  const wrapped = Object.create(service) as object
  for (const key of memberNames(service)) {
    const member: unknown = Reflect.get(service, key)
    if (typeof member !== 'function') continue
    const method: Method = (...args) => Reflect.apply(member, service, args) as unknown
    // a plugin process's calls of its database arrive as one method
    const isAsked = ASKED.has(methods[key]) || (name === 'database' && key === 'call')
    const value = isAsked ? recordedMethod(method, (args) => nameOf(name, key, args)) : method
    Object.defineProperty(wrapped, key, { value, enumerable: true, configurable: true })
  }
  return wrapped
}

function methodsOf(name: RecordedName): Methods {
  return SERVICES[name].methods
}

/** The names of an object's members, those of its class included. */
function memberNames(object: object): string[] {
  const names = new Set<string>()
  for (let level: object | null = object; level && level !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor') names.add(name)
    level = Object.getPrototypeOf(level) as object | null
  }
  return [...names]
}

function recordedMethod(method: Method, name: (args: readonly unknown[]) => StepName): Method {
  return (...args) => {
    const current = currentStep()
    if (!current) return method(...args)
    const { kind, name: called } = name(args)
    const step = current.begin(kind, called)
    try {
      const result = inStep(step, () => method(...args))
      if (result instanceof Promise) return endWith(step, result)
      step.end()
      return result
    } catch (error) {
      step.end('failed', { error: errorName(error) })
      throw error
    }
  }
}

async function endWith(step: Step, result: Promise<unknown>): Promise<unknown> {
  try {
    const value = await result
    step.end(undefined, value instanceof Response ? { status: value.status } : undefined)
    return value
  } catch (error) {
    step.end('failed', { error: errorName(error) })
    throw error
  }
}

function nameOf(service: RecordedName, method: string, args: readonly unknown[]): StepName {
  if (service === 'http') return { kind: 'http', name: requestName(args) }
  if (service === 'plugins') return { kind: 'service', name: `plugins.call ${String(args[0])}` }
  if (service === 'telegram' && method === 'call')
    return { kind: 'service', name: `telegram.call ${String(args[0])}` }
  if (service === 'database' && method === 'call')
    return { kind: 'service', name: `database.${String(Reflect.get(Object(args[0]), 'kind'))}` }
  return { kind: 'service', name: `${service}.${method}` }
}

/** Method and host. Paths and queries may hold people's words. */
function requestName([input, init]: readonly unknown[]): string {
  const request = Object(input) as { readonly url?: unknown; readonly method?: unknown }
  const method = Reflect.get(Object(init), 'method') ?? request.method ?? 'GET'
  const host = URL.parse(String(request.url ?? input))?.host ?? 'an address that cannot be read'
  return `${String(method).toUpperCase()} ${host}`
}
