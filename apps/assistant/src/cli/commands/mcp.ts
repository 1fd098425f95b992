import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'mcp',
    summary: "serve the plugins' tools to other programs, over standard input and output (MCP)",
    run: async (cli) => (await import('../mcp-command.ts')).serveMcp(cli),
  },
]
