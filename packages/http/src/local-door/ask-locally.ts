import { request as send } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { PluggramError } from '@pluggram/sdk'
import { DOOR_VERSION, VERSION_HEADER } from './door-version.ts'
import { findAddress } from './local-address.ts'

export interface LocalRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Sent as JSON. */
  readonly body?: object
}

export interface LocalAnswer {
  readonly status: number
  /** Parsed JSON. */
  readonly body: unknown
}

/** A plugin may need this long to start or to be replaced. */
const ANSWER_MS = 60_000
const MAX_ANSWER_BYTES = 64 * 1_048_576

/**
 * Asks the program that listens at the door in `folder`.
 * @returns `undefined` when none does
 * @throws PluggramError `command-failed` when the door cannot be trusted, or no whole answer comes
 */
export async function askLocally(folder: string, request: LocalRequest): Promise<LocalAnswer | undefined> {
  const address = findAddress(folder)
  if (address === undefined) return undefined
  const body = request.body && JSON.stringify(request.body)
  try {
    const response = await open(address, request, body)
    const text = await readText(response)
    if (response.headers[VERSION_HEADER] !== DOOR_VERSION)
      throw new PluggramError(
        'command-failed',
        'The running assistant and this command are of different versions. Restart the assistant.',
      )
    return { status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }
  } catch (error) {
    if (error instanceof PluggramError) throw error
    if (/^(?:ECONNREFUSED|ENOENT)$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw new PluggramError(
      'command-failed',
      'The running assistant gave no whole answer. Its log may say why; if it hangs, restart it.',
      { cause: error },
    )
  }
}

function open(address: string, request: LocalRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    send({
      socketPath: address,
      method: request.method,
      path: request.path,
      agent: false,
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        [VERSION_HEADER]: DOOR_VERSION,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    })
      .once('response', resolve)
      .once('error', reject)
      .end(body)
  })
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
