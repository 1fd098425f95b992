import { setTimeout as sleep } from 'node:timers/promises'
import { startProgram } from './program.ts'
import type { Program } from './program.ts'

/** The real assistant in its own process. */
export interface RunningAssistant extends Program {
  readonly url: string
  /** The one-time link it printed. */
  readonly loginLink: string
}

const LINK = /(http:\/\/\S+?)\/login\?token=\S+(?=\s)/

/** Starts the assistant in a home and waits until it is ready. */
export async function startAssistant(
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningAssistant> {
  const program = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { PLUGGRAM_HOME: home, PORT: '0', ...environment },
  })
  const [loginLink, url = ''] = await program.waitFor(LINK)
  await waitUntilReady(url, program)
  return { ...program, url, loginLink }
}

async function waitUntilReady(url: string, program: Program): Promise<void> {
  const end = Date.now() + 60_000
  let last = ''
  while (Date.now() < end) {
    const response = await fetch(`${url}/readyz`)
    last = await response.text()
    if (response.status === 200) return
    await sleep(25)
  }
  throw new Error(`not ready: ${last}\n${program.output()}`)
}

/** A logged-in session: calls carry the cookie and use JSON. */
export interface Session {
  readonly cookie: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
}

/** Presses the button of the login link's page. */
export async function logIn(assistant: Pick<RunningAssistant, 'loginLink' | 'url'>): Promise<Session> {
  const token = new URL(assistant.loginLink).searchParams.get('token') ?? ''
  const body = new URLSearchParams({ token })
  const response = await fetch(`${assistant.url}/login`, { method: 'POST', redirect: 'manual', body })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (cookie === undefined) throw new Error(`no cookie; status ${response.status}`)
  return createSession(`${assistant.url}/api/playground`, { cookie })
}

/** Calls a chat driver, of the assistant or of an emulator. */
export function createSession(root: string, headers: Readonly<Record<string, string>>): Session {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(root + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    cookie: headers.cookie ?? '',
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
  }
}
