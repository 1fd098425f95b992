import { describe, expect, it } from 'vitest'
import { matchingCommands } from './command-query.ts'

const commands = ['start', 'status', 'help'].map((command) => ({ command, description: '' }))
const names = (text: string): readonly string[] =>
  matchingCommands(text, commands).map(({ command }) => command)

describe('matchingCommands', () => {
  it('offers everything for a lone slash and narrows with every letter', () => {
    expect(names('/')).toEqual(['start', 'status', 'help'])
    expect(names('/ST')).toEqual(['start', 'status'])
    expect(names('/help')).toEqual(['help'])
  })

  it('offers nothing for other texts and for commands with arguments', () => {
    expect(names('')).toEqual([])
    expect(names('see /st')).toEqual([])
    expect(names('/start now')).toEqual([])
    expect(names('//')).toEqual([])
  })
})
