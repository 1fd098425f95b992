import { writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatProblem } from './config-problem.ts'
import { describePluginIssues } from './describe-plugin-issues.ts'
import { loadConfiguration } from './load-configuration.ts'
import { applyPluginEnvironment } from './plugin-environment.ts'
import { createTestHome } from './test-home.ts'

const NAMES = [
  'PORT',
  'LOG_LEVEL',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_WEBHOOK_URL',
  'OPENAI_BASE_URL',
  'HOST',
  'A',
  'MY_PLUGIN_API_KEY',
]

it('never throws, whatever the files and variables hold', async () => {
  await using home = await createTestHome()
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text, 'utf16le')),
    fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"plugins"',
          '"ai"',
          ':',
          ',',
          '"${A}"',
          '1',
          '"\\u005f_proto__"',
          '\uFEFF',
          '\r\n',
          '\0',
        ),
      )
      .map((pieces) => Buffer.from(pieces.join(''))),
  )
  await fc.assert(
    fc.asyncProperty(
      bytes,
      bytes,
      bytes,
      fc.dictionary(fc.constantFrom(...NAMES), fc.string()),
      async (a, b, c, environment) => {
        await writeFile(home.file('config.json'), a)
        await writeFile(home.file('plugins_config.json'), b)
        await writeFile(home.file('.env'), c)
        const loaded = applyPluginEnvironment(await loadConfiguration({ home: home.home, environment }), [
          'my',
          'my_plugin',
        ])
        for (const problem of loaded.problems) expect(formatProblem(problem, loaded)).not.toContain('\n')
        const errors = loaded.problems.filter(
          (problem) => problem.severity === 'error' && problem.plugin === undefined,
        )
        expect(loaded.isUsable).toBe(errors.length === 0)
        expect(loaded.pluginBlock('my_plugin')).toBeTypeOf('object')
      },
    ),
    { numRuns: 250 },
  )
})

it('reads the same settings with and without BOM, with LF and CRLF', async () => {
  await using home = await createTestHome()
  const settings = fc.record({
    log: fc.record({ level: fc.constantFrom('info', 'warn') }),
    limits: fc.record({ concurrent_chats: fc.integer({ min: 1, max: 1000 }) }),
    plugins: fc.dictionary(
      fc.constantFrom('a', 'b_c'),
      fc.record({ text: fc.string(), list: fc.array(fc.integer()) }),
    ),
  })
  await fc.assert(
    fc.asyncProperty(settings, fc.boolean(), fc.constantFrom('\n', '\r\n'), async (value, hasBom, eol) => {
      const text = JSON.stringify(value, null, 2).replaceAll('${', '$').replaceAll('\n', eol)
      await writeFile(home.file('config.json'), (hasBom ? '\uFEFF' : '') + text)
      const loaded = await loadConfiguration({ home: home.home, environment: {} })
      expect(loaded.problems).toEqual([])
      const expected: typeof value = JSON.parse(text)
      expect(loaded.settings.limits.concurrentChats).toBe(expected.limits.concurrent_chats)
      expect({ ...loaded.plugins.blocks }).toEqual(expected.plugins)
    }),
    { numRuns: 100 },
  )
})

it('never shows a secret in a formatted problem, however broken the files are', async () => {
  await using home = await createTestHome()
  const secret = fc.stringMatching(/^Zq[A-Za-z0-9_-]{8,30}zQ$/)
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 3 }),
    insert: fc.constantFrom('', '"', ',', '}', '[', '\n', ':'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(secret, { minLength: 8, maxLength: 8 }),
      fc.option(damage),
      fc.boolean(),
      async (secrets, broken, isUnset) => {
        const [a, b, c, d, e, f, g, h] = secrets
        let text = JSON.stringify(
          {
            telegram: { bot_token: a, webhook: { url: `https://u:${b}@host/x`, secret: `${c}!` } },
            http: { password: [d], port: '${E}', api_key: e },
            log: { level: '${E}' },
            plugins: { my_plugin: { api_key: f, nested: { token: f }, enabled: true } },
          },
          null,
          1,
        )
        if (broken !== null) {
          // a damaged address cannot be distinguished from ordinary text
          const address = text.indexOf('https://')
          const any = Math.floor(broken.at * text.length)
          const at = any > address - 4 && any < address + 60 ? 0 : any
          text = text.slice(0, at) + broken.insert + text.slice(at + broken.remove)
        }
        await writeFile(home.file('config.json'), text)
        await writeFile(home.file('.env'), `TELEGRAM_WEBHOOK_SECRET=${g}!\n${g}\n`)
        await writeFile(home.file('plugins_config.json'), JSON.stringify({ enabled_plugins: { api_key: h } }))
        const environment = {
          E: isUnset ? '' : e,
          PORT: h,
          LOG_LEVEL: g,
          TELEGRAM_BOT_TOKEN: `${a} ${b}`,
          MY_PLUGIN_PASSWORD: d,
        }
        const loaded = applyPluginEnvironment(await loadConfiguration({ home: home.home, environment }), [
          'my_plugin',
        ])
        const issues = ['api_key', 'password', 'nested'].map((key) => ({
          path: [key],
          message: `bad: ${d} ${f}`,
        }))
        const shown = [...loaded.problems, ...describePluginIssues(loaded, 'my_plugin', issues)]
        const lines = shown
          .map((problem) => `${formatProblem(problem, loaded)}\n${JSON.stringify(problem)}`)
          .join('\n')
        expect(loaded.problems.length).toBeGreaterThan(0)
        // the damage may split a secret; leaking half of it is just as bad
        const leaked = broken === null ? secrets.filter((value) => lines.includes(value)) : []
        expect(leaked).toEqual([])
        expect(lines.replaceAll(/bad: .*/g, '')).not.toMatch(/Zq[A-Za-z0-9_-]{8}/)
      },
    ),
    { numRuns: 200 },
  )
})
