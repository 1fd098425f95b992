import { appendFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createBareHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import { pressButton } from './support/press-button.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'
const OUT = '/tmp/ow/walk.txt'
const log = (...a: unknown[]): void => appendFileSync(OUT, a.map((x) => (typeof x === 'string' ? x : JSON.stringify(x))).join(' ') + '\n')
let model: any
afterAll(async () => { await stopAllPrograms(); await model?.close(); await removeHomes() })
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))
test('walk', async () => {
  writeFileSync(OUT, '')
  let release: () => void = () => {}
  model = await startObedientModel(async ({ messages, tools }) => {
    const last: any = messages.at(-1)
    const words = typeof last.content === 'string' ? last.content : JSON.stringify(last.content)
    if (last.role === 'tool') return { text: 'Tool said: ' + words.slice(0, 200) }
    if (words.includes('slow')) { await new Promise<void>((r) => { release = r; setTimeout(r, 8000) }); return { text: 'slow answer' } }
    if (words.includes('empty')) return { text: '' }
    if (words.includes('TOOLS')) return { text: (tools ?? []).map((t) => t.function.name).join(' ') }
    const m = /^CALL (\S+) (.*)$/.exec(words)
    if (m) return { calls: [{ name: m[1]!, args: JSON.parse(m[2]!) }] }
    return { text: `Answer to ${words.slice(0, 80)}` }
  }, 'gpt-4o-vision')
  const em = await startEmulator()
  const d = em.driver
  const home = await createBareHome()
  writeFileSync(join(home, '.env'), '', { mode: 0o644 })
  mkdirSync(join(home, 'plugins'), { recursive: true })
  writeFileSync(join(home, 'plugins/ping.ts'), `export default class { async processMessage(m: string) { return m === 'ping' ? { success: true, response: 'pong' } : undefined } }`)
  writeFileSync(join(home, 'prices.json'), JSON.stringify({ models: { 'openai-compatible:*': { input: 1, output: 1 } } }))
  const env = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: em.url, OPENAI_BASE_URL: model.url }
  const a = await startAssistant(home, env)
  const [, code = ''] = await a.waitFor(/\/pair ([0-9A-Z]{4}-[0-9A-Z]{4})/)
  log('12 first lines:\n' + a.output().slice(0, 1500))
  const ada = await createPerson(d, 'Ada'); const bob = await createPerson(d, 'Bob')
  const say = async (who: any, text: string, wait = 4000) => {
    const before = (await botMessages(d, who.id, 0)).length
    await write(d, who, text)
    const end = Date.now() + wait
    let list: any[] = []
    while (Date.now() < end) { list = (await botMessages(d, who.id, 0)).slice(before); if (list.length) break; await sleep(100) }
    await sleep(300); list = (await botMessages(d, who.id, 0)).slice(before)
    log(`${who.firstName}> ${text}\n     ${list.map((m) => m.text.replaceAll('\n', '\n     ') + ' ' + JSON.stringify(m.buttons.flat().map((b: any) => b.text))).join('\n     | ')}`)
    return list
  }
  const press = async (who: any, label: string) => { try { const m = await pressButton(d, { chatId: who.id, user: who, label }); await sleep(800); const now = (await botMessages(d, who.id, 0)).find((x) => x.id === m.id); log(`${who.firstName} presses ${label}: ${now?.text} ${JSON.stringify(now?.buttons.flat().map((b) => b.text))}`) } catch (e) { log(`${who.firstName} presses ${label}: FAILED ${String(e).slice(0, 300)}`) } }
  log('\n== 2'); await say(bob, 'hello'); await say(bob, '/roll'); await say(ada, 'pair ' + code); await say(ada, '/pair'); await say(ada, '/pair WRONG-CODE'); await say(ada, `/pair <${code.toLowerCase()}>`); 
  if (!(await botMessages(d, ada.id, 0)).some((m) => m.text.includes('now the owner'))) await say(ada, '/pair ' + code)
  await press(ada, 'People I let in'); await say(bob, 'let me in'); await sleep(500); log('ada last:', (await botMessages(d, ada.id)).at(-1)?.text); await press(ada, 'Allow'); await sleep(800); log('bob:', (await botMessages(d, bob.id)).map((m) => m.text)); await say(ada, '/users')
  log('\n== 1')
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8z4APMOGVHbHSAEEsAROxCnMTAAAAAElFTkSuQmCC', 'base64')
  for (const kind of ['photo', 'document']) { const form = new FormData(); form.append('userId', String(ada.id)); form.append('kind', kind); form.append('caption', 'What is this?'); form.append('file', new Blob([png], { type: 'image/png' }), 'a.png'); const n = (await botMessages(d, ada.id, 0)).length; const r = await fetch(`${em.url}/emulator/chats/${ada.id}/files`, { method: 'POST', body: form }); await sleep(2000); log(kind, r.status, (await botMessages(d, ada.id, 0)).slice(n).map((m) => m.text)) }
  log('\n== 3'); log(await runCommand(home, 'status')); log(await runCommand('/proc/nonexistent', 'start'))
  log('\n== 4'); const html = await (await fetch(a.url + '/')).text(); log(html.replace(/<style[^]*?<\/style>|<svg[^]*?<\/svg>/g, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').slice(0, 600)); log(await runCommand(await createBareHome(), 'login'))
  log('\n== 5'); await say(ada, '/roll 2d6+1'); await say(ada, '/plugins on ping'); await say(ada, 'ping'); log(await runCommand(home, 'plugins', 'list'))
  log('\n== 6'); const n6 = (await botMessages(d, ada.id, 0)).length; await write(d, ada, 'slow one'); await sleep(1200); await write(d, ada, '/roll 1d1'); await sleep(1500); log('while slow:', (await botMessages(d, ada.id, 0)).slice(n6).map((m) => [m.text, m.buttons.flat().map((b) => b.text)])); await write(d, ada, 'second question'); await sleep(1000); release(); await sleep(2500); log('after:', (await botMessages(d, ada.id, 0)).slice(n6).map((m) => m.text)); await say(ada, 'empty'); 
  log('\n== 7'); await say(ada, 'CALL reminders__add {"what":"tea","when":"tomorrow at 9"}'); 
  log('\n== 8'); await say(ada, 'TOOLS'); 
  log('\n== 9'); await say(ada, '/help'); await say(bob, '/help'); await say(ada, '/status'); await say(bob, '/status'); await say(ada, '/plugins')
  log('\n== 10'); await say(ada, '/roll nonsense'); await say(ada, '/stats')
  log('\n== 11'); for (const t of ['remind me to buy milk', '/remind in 30 min', '/remind on Friday', '/remind every weekday at 9 stand-up', 'remind me in 5 minutes', '/remind 07:51', '/reminders']) await say(ada, t)
  log('\n== 12'); for (const c of [['--version'], ['status'], ['logs', '-n', '3'], ['plugins', 'enable', 'nope'], ['config', 'check'], ['--help'], ['nonsense']]) { const r = await runCommand(home, ...c); log('$ pluggram ' + c.join(' '), r.code, '\n' + r.output.slice(0, 900)) }
  log('\n== 13'); for (const f of ['data', 'data/pluggram.db', '.env']) log(f, await stat(join(home, f)).then((s) => (s.mode & 0o777).toString(8), (e) => String(e))); log(a.output().split('\n').filter((l) => l.includes('account')).slice(0, 2))
  log('\n== 15'); await writeFile(join(home, 'config.json'), '{ "plugins": { "dice": { "max_dice": 3, "max_dice": 4 }, "reminders": { "__proto__": {} } } }'); log(await runCommand(home, 'config', 'check')); await sleep(1500); await say(ada, '/roll 2d6'); await writeFile(join(home, 'config.json'), '{ "plugins": { "dice": { "enabled": false } } }'); await sleep(2500); log(await runCommand(home, 'plugins', 'list'))
  log('\n== end', await runCommand(home, 'stop'))
}, 300_000)
