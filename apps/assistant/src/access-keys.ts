import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from '@pluggram/sdk'
import { createLoginToken } from './http/login-links.ts'

/** What `pluggram login` needs to make a link for the running assistant. */
interface LoginFile {
  readonly key: string
  readonly url: string
}

const mcpAccessSchema = z.object({ url: z.string(), token: z.string() })

/** What `pluggram mcp` needs to call the tools of the running assistant. */
type McpAccess = z.infer<typeof mcpAccessSchema>

const OWNER_ONLY = 0o600

/** The key that signs sessions; kept, so that a restart logs nobody out. */
export function loadSessionKey(dataFolder: string): string {
  const file = join(dataFolder, 'session.key')
  try {
    const key = readFileSync(file, 'utf8').trim()
    if (key.length >= 32) return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const key = randomBytes(32).toString('base64url')
  writeOwnerOnly(file, dataFolder, key)
  return key
}

/** A key for the login links of one run. */
export function createLoginKey(): string {
  return randomBytes(32).toString('base64url')
}

/** Leaves the key and the address where `pluggram login` finds them. */
export function publishLoginKey(dataFolder: string, login: LoginFile): void {
  writeOwnerOnly(join(dataFolder, 'login.json'), dataFolder, JSON.stringify(login))
}

/** A fresh one-time link for the assistant that was last started in this home; `undefined` when none was. */
export function createLoginLink(dataFolder: string): string | undefined {
  let text: string
  try {
    text = readFileSync(join(dataFolder, 'login.json'), 'utf8')
  } catch {
    return undefined
  }
  const { key, url } = JSON.parse(text) as LoginFile
  return loginLink(url, key)
}

/** Leaves the token of this run where `pluggram mcp` finds it. */
export function publishMcpAccess(dataFolder: string, access: McpAccess): void {
  writeOwnerOnly(join(dataFolder, 'mcp.json'), dataFolder, JSON.stringify(access))
}

/** How to reach the assistant that was last started in this home. */
export function readMcpAccess(dataFolder: string): McpAccess | undefined {
  try {
    return mcpAccessSchema.parse(JSON.parse(readFileSync(join(dataFolder, 'mcp.json'), 'utf8')))
  } catch {
    return undefined
  }
}

export function loginLink(url: string, key: string): string {
  return `${url}/login?token=${createLoginToken(key)}`
}

function writeOwnerOnly(file: string, folder: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, text, { mode: OWNER_ONLY })
  // the mode above counts only for a new file
  chmodSync(file, OWNER_ONLY)
}
