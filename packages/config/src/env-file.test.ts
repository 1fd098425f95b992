import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnvFile, readEnvFile } from './env-file.ts'
import { createTestHome } from './test-home.ts'

describe('parseEnvFile', () => {
  it('reads values with their lines', () => {
    const text = '# comment\nA=1\n\nexport B="two words"\nC=\'x # y\' # note\nD="first\nsecond=2"\nE=last'
    const { entries, problems } = parseEnvFile('.env', text)
    expect(entries.toSorted((a, b) => a.line - b.line)).toEqual([
      { name: 'A', value: '1', line: 2 },
      { name: 'B', value: 'two words', line: 4 },
      { name: 'C', value: 'x # y', line: 5 },
      { name: 'D', value: 'first\nsecond=2', line: 6 },
      { name: 'E', value: 'last', line: 8 },
    ])
    expect(problems).toEqual([])
  })

  it.each([
    ['pass#word', 'pass#word'],
    ['pass#word # the login', 'pass#word'],
    ['#nothing', ''],
    [' # nothing', ''],
    ['a# b', 'a# b'],
    ['x\t# note', 'x'],
    ['https://ann:p#w@db.example/x#y', 'https://ann:p#w@db.example/x#y'],
    ['"pass#word" # note', 'pass#word'],
    ["'a # b'", 'a # b'],
  ])('reads %j as %j: only a # behind a blank begins a comment', (written, value) => {
    expect(parseEnvFile('.env', `BEFORE=1\nPASSWORD=${written}\nAFTER=2`).entries).toContainEqual({
      name: 'PASSWORD',
      value,
      line: 2,
    })
  })

  it('takes the value of the last of two lines, with or without a #', () => {
    expect(parseEnvFile('.env', 'A=x#y\nA=2').entries).toMatchObject([{ value: '2' }])
    expect(parseEnvFile('.env', 'A="1"\nA=x#y').entries).toMatchObject([{ value: 'x#y' }])
  })

  it('warns of lines that set nothing, by line and without their text', () => {
    const { entries, problems } = parseEnvFile(
      '.env',
      'A=1\nhunter2hunter2\n1X=2\nG H=3\n=4\n__proto__=5\nB=2',
    )
    expect(entries.map(({ name }) => name).toSorted()).toEqual(['A', 'B'])
    expect(problems.map(({ line, severity }) => [line, severity])).toEqual(
      [2, 3, 4, 5, 6].map((line) => [line, 'warning']),
    )
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  it.each([
    ['a quote that never ends', 'A="x'],
    ['a key of every object', 'constructor.prototype=1'],
    ['a name of another script', '\u0410=1'],
    ['a null byte in a name', 'A\u0000B=1'],
    ['a name turned around', '\u202EA=1'],
    ['a byte order mark in the middle', 'B=1\n\uFEFFA=1'],
  ])('%s never sets a name that no shell would take', (_what, text) => {
    const { entries } = parseEnvFile('.env', text)
    expect(entries.filter(({ name }) => !/^[A-Z_][A-Z0-9_]*$/.test(name))).toEqual([])
  })

  it('points at the line that wins when a name is set twice', () => {
    expect(parseEnvFile('.env', 'A=1\nA=2').entries).toEqual([{ name: 'A', value: '2', line: 2 }])
  })

  it('finds a line for each value that Node reads', () => {
    const piece = fc.constantFrom(
      'A',
      'B',
      '=',
      '"',
      "'",
      '`',
      '\n',
      '\r\n',
      ' ',
      '#',
      'export ',
      'x',
      '\\n',
      '$',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        const names = Object.keys(parseEnv(text.replaceAll('\r\n', '\n'))).filter((name) =>
          /^\w+$/.test(name),
        )
        const { entries } = parseEnvFile('.env', text)
        expect(entries.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
        const lineCount = text.split('\n').length
        for (const { line } of entries) expect(line).toBeLessThanOrEqual(lineCount)
      }),
      { numRuns: 500 },
    )
  })

  it('stays quick on a long line of blanks', () => {
    const before = process.cpuUsage()
    parseEnvFile('.env', `${' '.repeat(500_000)}x`)
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
  })
})

describe('readEnvFile', () => {
  it('takes BOM and CRLF', async () => {
    await using home = await createTestHome({ '.env': '\uFEFFA=1\r\nB="2"\r\n' })
    const { entries, problems } = await readEnvFile(home.file('.env'))
    expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual({ A: '1', B: '2' })
    expect(problems).toEqual([])
  })

  it('has nothing to say about a missing file', async () => {
    await using home = await createTestHome()
    expect(await readEnvFile(home.file('.env'))).toEqual({ entries: [], problems: [] })
  })
})
