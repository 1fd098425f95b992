import { fileURLToPath } from 'node:url'
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { manifestTextsIn, packageTitleIn, terminalTextsIn, TEXTS_FILE, textsIn } from './chat-texts.ts'
import { isTest, ownerOf, readHouse } from './house.ts'

/**
 * Prints what the assistant says in chats, with an id for each text, and then what it says in a
 * terminal, so that one can read it all.
 */
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const sources = [...readHouse(root).files.values()]
  .map(({ path, text }) => ({
    file: relative(root, path),
    owner: ownerOf(path, root).split('/').at(-1),
    text,
  }))
  .filter(({ file }) => !isTest(file))

for (const file of globSync('plugins/*/package.json', { cwd: root }).toSorted())
  show(file, `${file.split('/')[1]}.`, packageTitleIn(readFileSync(join(root, file), 'utf8')))
for (const { file, owner, text } of sources)
  show(file, `${owner}.`, TEXTS_FILE.test(file) ? textsIn(file, text) : manifestTextsIn(file, text))
for (const { file, text } of sources) show(file, '', terminalTextsIn(file, text))

function show(
  file: string,
  prefix: string,
  texts: readonly { readonly id: string; readonly said: string }[],
): void {
  if (texts.length === 0) return
  console.log(`\n# ${file}\n`)
  for (const { id, said } of texts) console.log(`${prefix}${id}: ${said.replaceAll('\n', '\n    ')}`)
}
