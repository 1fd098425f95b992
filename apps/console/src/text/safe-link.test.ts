import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeLink } from './safe-link.ts'

describe('safeLink', () => {
  it.each([
    ['https://example.com/a?b=1#c', 'https://example.com/a?b=1#c'],
    ['example.com/docs', 'https://example.com/docs'],
    ['localhost:8080/healthz', 'https://localhost:8080/healthz'],
    ['tg://resolve?domain=pluggram', 'tg://resolve?domain=pluggram'],
    ['mailto:owner@example.com', 'mailto:owner@example.com'],
  ])('opens %s', (address, expected) => {
    expect(safeLink(address)).toBe(expected)
  })

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'blob:x',
    'vbscript:x',
    '',
  ])('refuses %j', (address) => {
    expect(safeLink(address)).toBeUndefined()
  })

  it('gives only the four allowed schemes, whatever is asked', () => {
    const address = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string().map((rest) => `javascript:${rest}`),
    )
    const isAllowed = (link: string | undefined): boolean =>
      link === undefined || /^(?:https?|tg|mailto):/u.test(link)
    expect(fc.check(fc.property(address, (asked) => isAllowed(safeLink(asked)))).counterexample).toBeNull()
  })
})
