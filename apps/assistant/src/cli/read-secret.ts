import { Failure } from '@pluggram/sdk/runtime'

/** More is no secret but the wrong file. */
const LONGEST = 64 * 1_024
const [END_OF_TEXT, END_OF_FILE, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f']
/** What terminals put around a pasted text. */
const PASTE_MARKS = ['\u001b[200~', '\u001b[201~']

/**
 * Reads a secret: from a terminal without showing it, else everything from standard input. Line breaks
 * at its end, and a byte order mark, are left out.
 * @throws Failure `secret-refused` when there is none
 */
export async function readSecret(name: string): Promise<string> {
  const { stdin } = process
  const given = stdin.isTTY ? await ask(`Value of ${name} (not shown): `) : await readAll(name)
  const value = given.replace(/^\ufeff/, '').replace(/[\r\n]+$/, '')
  const secret = /[\r\n]/.test(value) ? value : value.trim()
  if (secret === '') throw new Failure('secret-refused', { subject: name, reason: 'no value was given.' })
  return secret
}

async function readAll(name: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).byteLength
    if (size > LONGEST)
      throw new Failure('secret-refused', { subject: name, reason: 'it has more than 64 KiB.' })
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.includes('\0') || text.includes('\ufffd'))
    throw new Failure('secret-refused', { subject: name, reason: 'it is not UTF-8 text.' })
  return text
}

function ask(question: string): Promise<string> {
  const { stdin, stdout } = process
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = (finish: () => void): void => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      stdout.write('\n')
      finish()
    }
    const take = (data: Buffer): void => {
      const text = PASTE_MARKS.reduce((rest, mark) => rest.replaceAll(mark, ''), data.toString('utf8'))
      for (const character of text) {
        if (character === END_OF_TEXT)
          return end(() =>
            reject(new Failure('secret-refused', { subject: 'It', reason: 'the input was stopped.' })),
          )
        if (character === '\r' || character === '\n' || character === END_OF_FILE)
          return end(() => resolve(typed))
        if (character === BACKSPACE || character === DELETE) typed = [...typed].slice(0, -1).join('')
        else typed += character
      }
    }
    // before the question: the terminal shows what is typed until then
    stdin.setRawMode(true)
    stdout.write(question)
    stdin.resume()
    stdin.on('data', take)
  })
}
