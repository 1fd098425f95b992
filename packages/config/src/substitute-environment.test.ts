import { describe, expect, it } from 'vitest'
import { pathKey, type JsonObject } from './json-value.ts'
import { substituteEnvironment } from './substitute-environment.ts'

function substitute(
  value: JsonObject,
  variables: Record<string, string> = {},
): ReturnType<typeof substituteEnvironment> {
  return substituteEnvironment(value, (name) => variables[name])
}

describe('substituteEnvironment', () => {
  it('replaces references anywhere inside text, at any depth', () => {
    const result = substitute({ a: 'x-${A}-${B}', b: [{ c: '${A}' }], n: 1 }, { A: 'one', B: 'two' })
    expect(result.value).toEqual({ a: 'x-one-two', b: [{ c: 'one' }], n: 1 })
    expect(result.paths).toEqual(new Set([pathKey(['a']), pathKey(['b', 0, 'c'])]))
    expect(result.inserted).toEqual(new Set(['one', 'two']))
  })

  it('takes $${NAME} for the characters themselves', () => {
    const result = substitute({ a: '$${A} ${A}', b: 'costs $5 {x}' }, { A: 'one' })
    expect(result.value).toEqual({ a: '${A} one', b: 'costs $5 {x}' })
  })

  it('inserts a value as it is: no JSON, no second round, no replacement patterns', () => {
    const value = '", "admin": true, "${B} $& $1'
    expect(substitute({ a: '${A}' }, { A: value, B: 'x' }).value).toEqual({ a: value })
  })

  it('reports each text with an unset or odd name once, and leaves it as written', () => {
    const result = substitute({ a: '${A} ${B}', b: '${not a name}', c: '${}' }, { A: 'x' })
    expect(result.value).toEqual({ a: '${A} ${B}', b: '${not a name}', c: '${}' })
    expect(result.failures).toEqual([
      { path: ['a'], reason: 'unset', name: 'B' },
      { path: ['b'], reason: 'bad-name' },
      { path: ['c'], reason: 'bad-name' },
    ])
    expect(result.paths.size).toBe(0)
  })

  it('replaces ${file:…} by a text, which is no secret by itself', () => {
    const result = substitute(
      { a: '${file:api.yaml}', b: '${file:gone}', c: '${file: }' },
      { 'file:api.yaml': 'x: 1' },
    )
    expect(result.value).toEqual({ a: 'x: 1', b: '${file:gone}', c: '${file: }' })
    expect(result.inserted.size).toBe(0)
    expect(result.failures).toEqual([
      { path: ['b'], reason: 'no-file', name: 'file:gone' },
      { path: ['c'], reason: 'bad-name' },
    ])
  })

  it('does not take inherited properties for variables', () => {
    const names: string[] = []
    substituteEnvironment({ a: '${toString}' }, (name) => {
      names.push(name)
      return undefined
    })
    expect(names).toEqual(['toString'])
  })

  it('stops before a small file grows into gigabytes', () => {
    const result = substitute({ a: '${A}'.repeat(1000), b: '${A}' }, { A: 'x'.repeat(100_000) })
    expect(result.failures.map(({ reason }) => reason)).toEqual(['too-long', 'too-long'])
  })
})
