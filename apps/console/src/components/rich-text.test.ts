import fc from 'fast-check'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { MessageEntity } from '../text/entity-tree.ts'
import { RichText } from './rich-text.tsx'

function render(
  text: string,
  entities: readonly MessageEntity[],
  onCommand?: (command: string) => void,
): string {
  return renderToStaticMarkup(createElement(RichText, { text, entities, onCommand }))
}

/** The visible text of the markup: tags removed, escapes decoded. */
function visible(markup: string): string {
  return markup
    .replaceAll(/<[^>]*>/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
}

const types = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'code',
  'pre',
  'blockquote',
  'expandable_blockquote',
  'text_link',
  'url',
  'email',
  'mention',
  'bot_command',
  'hashtag',
  'phone_number',
  'custom_emoji',
  'text_mention',
] as const

const anyEntity = fc.record({
  type: fc.constantFrom(...types),
  offset: fc.integer({ min: -2, max: 24 }),
  length: fc.integer({ min: -1, max: 24 }),
  url: fc.constantFrom('https://example.com', 'javascript:alert(1)', 'x'),
})

describe('RichText', () => {
  it('draws nested formatting', () => {
    const markup = render('very bold', [
      { type: 'italic', offset: 0, length: 9 },
      { type: 'bold', offset: 5, length: 4 },
    ])
    expect(markup).toBe('<em>very <strong>bold</strong></em>')
  })

  it('shows markup in a text as text', () => {
    expect(render('<img src=x onerror=alert(1)>', [])).toBe('&lt;img src=x onerror=alert(1)&gt;')
  })

  it('shows where a link with another text leads', () => {
    const markup = render('bank.example', [
      { type: 'text_link', offset: 0, length: 12, url: 'https://evil.example/' },
    ])
    expect(markup).toContain('href="https://evil.example/"')
    expect(markup).toContain('title="https://evil.example/"')
    expect(markup).toContain('rel="noopener noreferrer"')
    expect(markup).toContain('target="_blank"')
  })

  it('makes no link of an address that must not be opened', () => {
    const entities = [{ type: 'text_link', offset: 0, length: 5, url: 'javascript:alert(1)' }] as const
    expect(render('click', entities)).toBe('click')
  })

  it('labels code with its language', () => {
    const markup = render('let x', [{ type: 'pre', offset: 0, length: 5, language: 'ts' }])
    expect(markup).toContain('data-language="ts"')
    expect(markup).toContain('<code>let x</code>')
  })

  it('hides a spoiler until it is clicked', () => {
    const markup = render('the end', [{ type: 'spoiler', offset: 4, length: 3 }])
    expect(markup).toContain('aria-hidden="true"')
    expect(markup).toContain('role="button"')
  })

  it('makes commands clickable only where they can be sent', () => {
    const entities = [{ type: 'bot_command', offset: 0, length: 6 }] as const
    expect(render('/start', entities)).not.toContain('<button')
    expect(render('/start', entities, () => undefined)).toContain('<button')
  })

  it('does not draw the line break after a block', () => {
    const markup = render('a\nb', [{ type: 'blockquote', offset: 0, length: 1 }])
    expect(markup).toContain('<span class="undrawn">\n</span>b')
  })

  it('holds the whole text and nothing but http, https, tg and mailto links, whatever the entities are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.array(anyEntity, { maxLength: 6 }), (text, entities) => {
        const markup = render(text, entities)
        expect(visible(markup)).toBe(text)
        for (const [, href] of markup.matchAll(/href="([^"]*)"/gu))
          expect(href).toMatch(/^(?:https?|tg|mailto):/u)
      }),
    )
  })
})
