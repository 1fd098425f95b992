import type { CommandSummary } from '@pluggram/sdk'

/** Commands that the assistant itself answers, whatever plugins are on. */
export const BUILT_IN_COMMANDS: readonly CommandSummary[] = [
  {
    name: 'help',
    description: 'Shows what this assistant can do',
    examples: ['list all commands', 'show the manual'],
  },
  {
    name: 'status',
    description: 'Shows which plugins run and which model answers',
    examples: ['status', 'is everything running', 'show system status', 'status report'],
  },
  {
    name: 'forget_me',
    description: 'Deletes all your data',
    examples: ['delete everything about me', 'delete my data', 'forget me'],
  },
  { name: 'start', description: 'Says hello and explains how to begin', examples: ['start', 'begin'] },
]
