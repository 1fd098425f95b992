import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildEntityTree, treeText } from './entity-tree.ts'
import type { MessageEntity, TextNode } from './entity-tree.ts'

const types = ['bold', 'italic', 'underline', 'spoiler', 'code', 'pre', 'blockquote', 'url'] as const

const anyEntity: fc.Arbitrary<MessageEntity> = fc.record({
  type: fc.constantFrom(...types),
  offset: fc.integer({ min: -5, max: 40 }),
  length: fc.integer({ min: -3, max: 40 }),
})
const anyText = fc.string({ unit: 'grapheme', maxLength: 24 })

function outline(nodes: readonly TextNode[]): string {
  return nodes
    .map((node) =>
      node.kind === 'text'
        ? node.text
        : `<${node.entity.type}>${outline(node.children)}</${node.entity.type}>`,
    )
    .join('')
}

function leaves(nodes: readonly TextNode[]): readonly TextNode[] {
  return nodes.flatMap((node) => (node.kind === 'text' ? [node] : leaves(node.children)))
}

describe('buildEntityTree', () => {
  it('nests ranges that contain each other', () => {
    const tree = buildEntityTree('one two three', [
      { type: 'bold', offset: 0, length: 13 },
      { type: 'italic', offset: 4, length: 3 },
    ])
    expect(outline(tree)).toBe('<bold>one <italic>two</italic> three</bold>')
  })

  it('draws overlapping ranges as two nodes', () => {
    const tree = buildEntityTree('abcdef', [
      { type: 'bold', offset: 0, length: 4 },
      { type: 'italic', offset: 2, length: 4 },
    ])
    expect(outline(tree)).toBe('<bold>ab<italic>cd</italic></bold><italic>ef</italic>')
  })

  it('keeps a block whole when an inline range crosses its edge', () => {
    const tree = buildEntityTree('ab\ncd', [
      { type: 'bold', offset: 0, length: 4 },
      { type: 'blockquote', offset: 3, length: 2 },
    ])
    expect(outline(tree)).toBe('<bold>ab\n</bold><blockquote><bold>c</bold>d</blockquote>')
  })

  it('counts UTF-16 units, as Telegram does', () => {
    const tree = buildEntityTree('👋🏽 hi', [{ type: 'bold', offset: 5, length: 2 }])
    expect(outline(tree)).toBe('👋🏽 <bold>hi</bold>')
  })

  it('ignores ranges that lie outside the text or are not numbers', () => {
    const tree = buildEntityTree('hello', [
      { type: 'bold', offset: 50, length: 4 },
      { type: 'bold', offset: Number.NaN, length: 4 },
      { type: 'bold', offset: 1, length: 0 },
    ])
    expect(tree).toEqual([{ kind: 'text', start: 0, text: 'hello' }])
  })

  it('gives nothing for an empty text', () => {
    expect(buildEntityTree('', [{ type: 'bold', offset: 0, length: 1 }])).toEqual([])
  })

  it('keeps the text unit for unit, whatever the entities are', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyEntity, { maxLength: 8 }), (text, entities) => {
        expect(treeText(buildEntityTree(text, entities))).toBe(text)
      }),
    )
  })

  it('never parts a surrogate pair', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyEntity, { maxLength: 8 }), (text, entities) => {
        for (const leaf of leaves(buildEntityTree(text, entities)))
          expect(leaf.text.isWellFormed()).toBe(true)
      }),
    )
  })

  it('formats every unit that an entity covers', () => {
    fc.assert(
      fc.property(anyText, anyEntity, (text, entity) => {
        const covered = buildEntityTree(text, [entity])
          .filter((node) => node.kind === 'entity')
          .map((node) => node.text)
          .join('')
        const asked = text.slice(
          Math.max(0, entity.offset),
          Math.max(0, entity.offset + Math.max(0, entity.length)),
        )
        expect(covered).toContain(asked)
      }),
    )
  })
})
