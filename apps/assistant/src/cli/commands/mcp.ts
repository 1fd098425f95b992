import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'mcp',
    summary: "serve the plugins' tools to other programs, over standard input and output (MCP)",
    examples: { 'mcp --home ~/assistant': 'the command to enter in a desktop client' },
    run: async (cli) => (await import('../mcp-command.ts')).serveMcp(cli),
  },
]
