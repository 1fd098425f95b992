import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { diagnose, doctor } from '../support/doctor.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const KEY = 'sk-Kd83hdHe72hjsHJ3kdl0'
const HEALTHY = { code: 0, output: 'No problems found.\n' }

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')))
}

/** Twelve mistakes in the files of a home, of which eleven are clearly meant otherwise. */
async function spoiltHome(): Promise<string> {
  const home = await createHome({
    'config.json': `{
  // my assistant
  "http": {
    "prot": 8081
  },
  "log": { "level": "loud" },
  "network": { "no_proxi": "intranet" }, "mcp": { "token": "${KEY}" }
}
`,
    'plugins_config.json': '{\n  "enabled_plugins": {\n    "dicee": true\n  },\n  "grant": {}\n}\n',
    '.env': `BOT_TOKEN=123456789:AAE2E-emulated-token-for-tests-000000
OPENAI_API_KEY=“${KEY}”
TRANSLATE_STYLE: formal
TELEGRAM_WEBHOOK_URL=https://example.org/telegram/webhook
NICKNAME="Ann
`,
    'data/note.txt': 'x',
  })
  await chmod(join(home, '.env'), 0o644)
  await chmod(join(home, 'config.json'), 0o644)
  await chmod(join(home, 'data'), 0o755)
  return home
}

const SPOILT = [
  'config.doubtful:.env .env:3',
  'config.doubtful:BOT_TOKEN .env:1',
  'config.doubtful:enabled_plugins.dicee plugins_config.json:3',
  'config.doubtful:grant plugins_config.json:5',
  'config.invalid:http.prot config.json:4',
  'config.invalid:log.level config.json:6',
  'config.invalid:network.no_proxi config.json:7',
  'config.quotes:NICKNAME .env:5',
  'files.data-open data/',
  'files.secrets-open:.env .env',
  'files.secrets-open:config.json config.json',
  'secret.weak:OPENAI_API_KEY .env:2',
]

test('mistakes in the files are found with file and line, and what was clearly meant is put right', async () => {
  const home = await spoiltHome()
  const before = await diagnose(home, ['--offline'])
  expect(before).toMatchObject({ code: 1, wrong: SPOILT })
  expect(before.of('config.invalid:http.prot')).toMatchObject({
    severity: 'error',
    message: 'http.prot is wrong, and the assistant does not start with it. Unknown key "prot".',
    fix: 'Did you mean "port"? Rename or remove it.',
    isFixable: true,
  })
  expect(before.of('files.secrets-open:.env').fix).toBe(`chmod 600 ${home}/.env`)
  expect(before.of('config.invalid:log.level')).toMatchObject({ isFixable: false })

  const words = await doctor(home, ['--offline'])
  expect(words.output).toMatch(/^error {4}http\.prot is wrong/m)
  expect(words.output).toContain('\n  where  config.json:4:')
  expect(words.output).toMatch(/4 errors, 8 warnings/)
  expect(words.output).toContain(
    '"pluggram doctor --fix" shows what it would change to put 11 of them right.',
  )

  // without a terminal and --yes it only shows
  const files = ['config.json', 'plugins_config.json', '.env']
  const texts = (): Promise<string[]> => Promise.all(files.map((file) => readFile(join(home, file), 'utf8')))
  const old = await texts()
  const shown = await doctor(home, ['--offline', '--fix'])
  expect(shown).toMatchObject({
    code: 1,
    output: expect.stringContaining('Nothing was changed. Run again with --yes'),
  })
  expect(shown.output).toContain('-     "prot": 8081\n  +     "port": 8081\n')
  expect(await texts()).toEqual(old)

  const fixed = await doctor(home, ['--offline', '--fix', '--yes'])
  expect(fixed.code).toBe(1)
  expect(fixed.output).toContain('.env: mode 644 → 600')
  expect(fixed.output).toContain('  - OPENAI_API_KEY=“…”\n  + OPENAI_API_KEY=…\n')
  expect(fixed.output).toContain('+   "network": { "no_proxy": "intranet" }, "mcp": { "token": "[secret]" }')
  expect(shown.output + fixed.output).not.toContain(KEY)
  expect(shown.output + fixed.output).not.toContain('AAE2E')
  const [config = '', , env = ''] = await texts()
  expect(config).toContain('  // my assistant\n  "http": {\n    "port": 8081\n')
  expect(env).toBe(
    `TELEGRAM_BOT_TOKEN=123456789:AAE2E-emulated-token-for-tests-000000
OPENAI_API_KEY=${KEY}
TRANSLATE_STYLE=formal
TELEGRAM_WEBHOOK_URL=https://example.org/telegram/webhook
NICKNAME=Ann
`,
  )
  expect((await stat(join(home, '.env'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(home, 'data', 'note.txt'))).mode & 0o777).toBe(0o600)

  // what is left needs a person; a second run has nothing to do
  const after = await diagnose(home, ['--offline'])
  expect(after.wrong).toEqual(['config.invalid:log.level config.json:6'])
  const again = await doctor(home, ['--offline', '--fix', '--yes'])
  expect(again.output).toContain('There is nothing that can be put right safely.')
  expect(again.output).not.toContain('To undo it')

  // the files as they were are kept, and each change named how to undo it
  const kept = join(home, 'data', 'before-fix')
  const copies = await Promise.all(
    (await readdir(kept, { recursive: true })).map(async (file) => {
      const { mode } = await stat(join(kept, file))
      return (mode & 0o077) === 0 && file.endsWith('config.json')
        ? readFile(join(kept, file), 'utf8').catch(() => '')
        : ''
    }),
  )
  expect(copies).toContain(old[0])
  const undo = /To undo it: cp (\S+) (\S+\/plugins_config\.json)/.exec(fixed.output)
  expect(await readFile(undo?.[1] ?? '', 'utf8')).toContain('"dicee"')

  // what is left goes away as the fixes say, and uncovers what needs two keys to be seen
  await edit(join(home, 'config.json'), (text) => text.replace('"loud"', '"info"'))
  expect((await diagnose(home, ['config', '--offline'])).wrong).toEqual([
    'config.invalid:TELEGRAM_WEBHOOK_URL .env:4',
  ])
  await edit(join(home, '.env'), (text) => `${text}TELEGRAM_WEBHOOK_SECRET=Kd83hdHe72hjsHJ3\n`)
  expect((await diagnose(home, ['config', 'files', '--offline'])).wrong).toEqual([])
})

const PLUGINS = {
  'plugins/broken.js': 'export default class {',
  'plugins/twin.js': 'export default class {}',
  'plugins/twin/package.json': '{ "name": "twin", "main": "index.js" }',
  'plugins/twin/index.js': 'export default class {}',
  'plugins/weather.ts': `import { defineManifest, z } from '@pluggram/sdk'
export default class {
  static manifest = defineManifest({ config: z.object({ api_key: z.string(), days: z.number() }) })
  processMessage() { return undefined }
}`,
  'plugins/stars.ts': `import { defineManifest, z } from '@pluggram/sdk'
export default class {
  static manifest = defineManifest({ config: z.object({ sign: z.string() }) })
  processMessage() { return undefined }
}`,
  'plugins/asker.js': `export default class {
  static manifest = { permissions: { network: ['api.example.com'] } }
  processMessage() { return undefined }
}`,
}

test('plugins that cannot run are found without being started, and are well once the fix was followed', async () => {
  const home = await createHome({
    ...PLUGINS,
    'config.json': `{ "plugins": {
"weather": { "days": 3 },
"dice": { "max_dicee": 4 },
"stars": { "sign": "\${NOT_SET}" } } }
`,
    'plugins_config.json': {
      enabled_plugins: { broken: true, twin: true, weather: true, asker: true, dice: true, stars: true },
    },
  })
  const before = await diagnose(home, ['config', 'plugin'])
  expect(before).toMatchObject({
    code: 1,
    wrong: [
      'config.doubtful:plugins.dice.max_dicee config.json:3',
      'config.invalid:plugins.stars.sign config.json:4',
      'config.invalid:plugins.weather.api_key config.json:2',
      'plugin.failed:broken plugins/broken.js:1',
      'plugin.failed:twin plugins/twin/index.js',
      'plugin.waits-for-grant:asker',
    ],
  })
  expect(before.of('plugin.failed:twin').why).toContain(join(home, 'plugins', 'twin', 'index.js'))
  const { fix, why } = before.of('plugin.waits-for-grant:asker')
  expect(why).toContain('network: api.example.com')

  // each fix as it is written
  expect(before.of('config.invalid:plugins.weather.api_key').fix).toContain('WEATHER_API_KEY in .env')
  await writeFile(join(home, '.env'), 'WEATHER_API_KEY=abc\nNOT_SET=lion\n', { mode: 0o600 })
  expect((await doctor(home, ['config', '--fix', '--yes'])).output).toContain('+ "dice": { "max_dice": 4 },')
  const [, grant = ''] = /pluggram (plugins grant asker --yes)/.exec(fix) ?? []
  const [, disable = ''] =
    /pluggram (plugins disable broken)/.exec(before.of('plugin.failed:broken').fix) ?? []
  for (const command of [grant, disable])
    expect(await runCommand(home, ...command.split(' '))).toMatchObject({ code: 0 })
  await rm(join(home, 'plugins', 'twin.js'))
  expect(await doctor(home)).toEqual(HEALTHY)
})

test('a home in order, and one that is not there; an id that does not exist', async () => {
  const home = await createHome({ 'plugins_config.json': { enabled_plugins: { dice: true } } })
  const [inWords, { findings, of }, offline] = await Promise.all([
    doctor(home),
    diagnose(home),
    doctor(home, ['--offline']),
  ])
  expect(inWords).toEqual(HEALTHY)
  expect(findings).toEqual([])
  expect(of('checked:the-configuration-and-the-plugins')).toMatchObject({ severity: 'ok', fix: '' })
  expect(offline).toEqual({
    code: 0,
    output: expect.stringMatching(/^No problems found\. Not checked \(--offline\): .*Telegram.*\.\n$/),
  })
  expect(await readdir(home)).toEqual(['plugins_config.json'])

  expect(await diagnose(join(home, 'nowhere'))).toMatchObject({ code: 1, wrong: ['home.missing'] })
  expect((await runCommand(home, 'init', join(home, 'nowhere'))).code).toBe(0)

  const [made, sleepy, help] = await Promise.all([
    doctor(join(home, 'nowhere')),
    doctor(home, ['plugin.sleepy']),
    doctor(home, ['--help']),
  ])
  expect(made).toEqual(HEALTHY)
  expect(sleepy).toMatchObject({
    code: 64,
    output: expect.stringContaining('no finding "plugin.sleepy"'),
  })
  expect(help.output).toContain('pluggram doctor --fix')
})

test('the rights of what was just made are the owner’s alone', async () => {
  const home = await createHome({ '.env': 'OPENAI_API_KEY: x\n' })
  await chmod(join(home, '.env'), 0o600)
  await mkdir(join(home, 'data'), { mode: 0o700 })
  expect((await doctor(home, ['config', '--fix', '--yes', '--json'])).code).toBe(0)
  expect(await readFile(join(home, '.env'), 'utf8')).toBe('OPENAI_API_KEY=x\n')
  expect((await stat(join(home, '.env'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(home, 'data', 'before-fix'))).mode & 0o777).toBe(0o700)
})
