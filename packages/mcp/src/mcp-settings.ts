import type { Role } from '@pluggram/sdk'

/** A server of `mcp.servers` in config.json: a program, or an address. */
export type McpServerSettings = {
  /** Who may use its tools. Default `owner`. */
  readonly role?: Role
} & (
  | {
      readonly command: string
      readonly args: readonly string[]
      /**
       * Environment variables, in addition to PATH, HOME and the like. The server gets nothing else
       * of the assistant's environment.
       */
      readonly env: Readonly<Record<string, string>>
    }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
)

/** Servers by their mounted name. */
export type McpSettings = Readonly<Record<string, McpServerSettings>>
