import type { APIMethods } from '@gramio/types'
import type { Emulation } from './emulation.ts'
import type { ParameterPlan } from './http/coerce-params.ts'
import { planParameters } from './http/coerce-params.ts'
import { botApiSchemas } from './schemas.ts'
import type { Upload } from './upload.ts'

type MethodName = keyof APIMethods
type MethodParams<M extends MethodName> = NonNullable<Parameters<APIMethods[M]>[0]>
type MethodResult<M extends MethodName> = Awaited<ReturnType<APIMethods[M]>>

/** What a method can use besides its parameters. */
export interface MethodCall {
  readonly emulation: Emulation
  /** Uploads by part name; parameters reference them as `attach://name`. */
  readonly uploads: ReadonlyMap<string, Upload>
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal
}

/** Methods with real behaviour. Their parameters are already validated against the schema. */
export type MethodHandlers = {
  [M in MethodName]?: (
    params: MethodParams<M>,
    call: MethodCall,
  ) => MethodResult<M> | Promise<MethodResult<M>>
}

export interface MethodEntry {
  readonly name: string
  readonly plan: ParameterPlan
  readonly run: (params: Record<string, unknown>, call: MethodCall) => unknown
}

/** Answers for methods without a handler. */
export type MethodFallback = (method: string, params: Record<string, unknown>, call: MethodCall) => unknown

type LooseHandler = (params: never, call: MethodCall) => unknown

/**
 * Finds methods by name, case-insensitively. Methods without a handler get an answer from their
 * schema.
 */
export class MethodRegistry {
  readonly #entries = new Map<string, MethodEntry>()
  readonly #names: ReadonlyMap<string, string>
  readonly #handlers: Record<string, LooseHandler | undefined>
  readonly #fallback: MethodFallback

  constructor(handlers: MethodHandlers, fallback: MethodFallback) {
    this.#handlers = handlers as Record<string, LooseHandler | undefined>
    this.#fallback = fallback
    this.#names = new Map(Object.keys(botApiSchemas().methods).map((name) => [name.toLowerCase(), name]))
  }

  find(method: string): MethodEntry | undefined {
    const key = method.toLowerCase()
    const known = this.#entries.get(key)
    if (known) return known
    const name = this.#names.get(key)
    const schema = name === undefined ? undefined : botApiSchemas().methods[name]
    if (name === undefined || !schema) return undefined
    const handler = this.#handlers[name]
    const entry: MethodEntry = {
      name,
      plan: planParameters(schema),
      run: handler
        ? (params, call) => handler(params as never, call)
        : (params, call) => this.#fallback(name, params, call),
    }
    this.#entries.set(key, entry)
    return entry
  }
}
