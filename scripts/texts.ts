import { fileURLToPath } from 'node:url'
import { relative } from 'node:path'
import { manifestTextsIn, TEXTS_FILE, textsIn } from './chat-texts.ts'
import { isTest, ownerOf, readHouse } from './house.ts'

/** Prints what the assistant says in chats, with an id for each text, so that one can read it all. */
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
for (const { path, text } of readHouse(root).files.values()) {
  const file = relative(root, path)
  if (isTest(file)) continue
  const texts = TEXTS_FILE.test(file) ? textsIn(file, text) : manifestTextsIn(file, text)
  if (texts.length === 0) continue
  console.log(`\n# ${file}\n`)
  const owner = ownerOf(path, root).split('/').at(-1)
  for (const { id, said } of texts) console.log(`${owner}.${id}: ${said.replaceAll('\n', '\n    ')}`)
}
