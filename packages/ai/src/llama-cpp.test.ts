import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf, HELLO, openTestAi, readText } from './test-ai.ts'

/** A stand-in for node-llama-cpp that echoes its input. */
const MODULE = `
export async function getLlama() {
  return {
    async loadModel({ modelPath }) {
      if (modelPath.includes('broken')) throw new Error('native noise')
      return {
        createContext: async () => ({ getSequence: () => ({}), dispose: async () => {} }),
        tokenize: (text) => ({ length: text.split(/\\s+/).length }),
        dispose: async () => {},
      }
    },
  }
}
export class LlamaChatSession {
  setChatHistory(history) { this.history = history }
  async prompt(text, { signal, onTextChunk }) {
    if (text === 'hang') return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    for (const piece of ['You ', 'said ', text, ' after ' + JSON.stringify(this.history)]) onTextChunk(piece)
  }
}`

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pluggram-llama-'))
  writeFileSync(join(home, 'small.gguf'), 'GGUF')
})
afterEach(() => rmSync(home, { recursive: true }))

function install(code = MODULE): void {
  const folder = join(home, 'node_modules/node-llama-cpp')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'node-llama-cpp', type: 'module', exports: { '.': { import: './main.js' } } }),
  )
  writeFileSync(join(folder, 'main.js'), code)
}

test('a GGUF file answers through the library in the home', async () => {
  install()
  using ai = openTestAi({ model: 'llama-cpp:small.gguf' }, { home })
  const result = await ai.serviceFor('test').generateText({
    system: 'Be kind.',
    messages: [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: 'three' },
    ],
  })
  expect(result).toMatchObject({
    model: 'llama-cpp:small.gguf',
    text: 'You said three after [{"type":"system","text":"Be kind."},{"type":"user","text":"one"},{"type":"model","response":["two"]}]',
    usage: { inputTokens: expect.any(Number), outputTokens: 6, money: 0 },
  })
})

test('questions are answered one after another, and a silent one is given up', async () => {
  install()
  using ai = openTestAi(
    {
      model: 'llama-cpp:small.gguf',
      timeouts: { firstTokenSeconds: 1, betweenTokensSeconds: 1, totalSeconds: 5 },
    },
    { home },
  )
  const hanging = failureOf(readText(ai, { messages: [{ role: 'user', content: 'hang' }] }))
  expect(await hanging).toMatchObject({ code: 'ai-timeout' })
  expect((await readText(ai)).join('')).toContain('You said hello')
})

test.each([
  ['library', 'small.gguf', undefined, 'npm install node-llama-cpp'],
  ['file', 'missing.gguf', MODULE, 'missing.gguf'],
  ['shape', 'small.gguf', 'export const other = 1', 'version 3'],
])('a missing %s is told with the next step', async (_what, file, code, words) => {
  if (code !== undefined) install(code)
  using ai = openTestAi({ model: `llama-cpp:${file}` }, { home })
  expect(await failureOf(readText(ai, HELLO))).toMatchObject({
    code: 'ai-misconfigured',
    message: expect.stringContaining(words),
  })
})

test('a file that does not load is told without the library’s noise', async () => {
  install()
  writeFileSync(join(home, 'broken.gguf'), '')
  using ai = openTestAi({ model: 'llama-cpp:broken.gguf' }, { home })
  expect(await failureOf(readText(ai))).toMatchObject({
    code: 'ai-misconfigured',
    message: expect.not.stringContaining('native noise'),
  })
})
