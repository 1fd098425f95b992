import { z } from '@pluggram/sdk'
import type { HttpService } from '@pluggram/sdk'
import { ApiError } from './api-error.ts'
import type { OpenApiConfig } from './configuration.ts'
import { commandArguments } from './openapi/command-arguments.ts'
import { operationRequest } from './openapi/operation-request.ts'
import { readOperations } from './openapi/operations.ts'
import type { Operation } from './openapi/operations.ts'
import { sendRequest } from './send-request.ts'
import type { ApiAnswer } from './send-request.ts'

/** A service described by OpenAPI, with the operations that its owner offers. */
export class OpenApiService {
  readonly config: OpenApiConfig
  readonly operations: readonly Operation[]

  /** @throws Error when the document cannot be used */
  constructor(config: OpenApiConfig) {
    this.config = config
    this.operations = readOperations(config)
  }

  /** The host of the service. */
  host(): string {
    const [operation] = this.operations
    return operation
      ? new URL(operation.address.replaceAll(/\{[^{}]*\}/g, 'x')).hostname.replaceAll(/[[\]]/g, '')
      : ''
  }

  /** The arguments that the model has to give. */
  schemaOf({ schema }: Operation): z.ZodType {
    return z.fromJSONSchema(schema, { defaultTarget: 'openapi-3.0' })
  }

  /** @throws ApiError */
  async command(operation: Operation, written: string, surroundings: Surroundings): Promise<ApiAnswer> {
    const args = commandArguments(operation, written)
    const { error } = this.schemaOf(operation).safeParse(args)
    const [issue] = error?.issues ?? []
    if (issue) throw new ApiError(`${issue.path.join('.') || 'That'}: ${issue.message}`)
    return this.call(operation, args, surroundings)
  }

  /** @throws ApiError */
  async call(
    operation: Operation,
    args: Readonly<Record<string, unknown>>,
    { http, signal }: Surroundings,
  ): Promise<ApiAnswer> {
    const { auth, timeout_seconds: seconds } = this.config
    const request = operationRequest(operation, args, auth)
    return sendRequest(http, request, { name: operation.name, seconds, signal, errors: {} })
  }
}

export interface Surroundings {
  readonly http: HttpService
  readonly signal: AbortSignal
}
