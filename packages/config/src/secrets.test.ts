import { describe, expect, it } from 'vitest'
import { collectSecrets, redactSecrets, sortSecrets } from './secrets.ts'

describe('redaction', () => {
  it('collects values at secret keys and passwords in addresses, not short ones', () => {
    const secrets = new Set<string>()
    collectSecrets(
      {
        token: 'abcdef',
        pin: '1234',
        list: [{ password: 'p4ssword' }],
        url: 'postgres://u:s%40cret1@h/d',
        name: 'harmless',
      },
      [],
      secrets,
    )
    expect([...secrets].toSorted()).toEqual(['abcdef', 'p4ssword', 's%40cret1', 's@cret1'])
  })

  it('replaces a secret that contains another one whole', () => {
    expect(redactSecrets('abcdefgh abcdef', sortSecrets(['abcdef', 'abcdefgh']))).toBe(
      '[redacted] [redacted]',
    )
  })
})
