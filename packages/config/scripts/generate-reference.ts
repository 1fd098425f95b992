import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createJsonSchema } from '../src/json-schema.ts'
import { createReference } from '../src/reference.ts'

/** The files generated from the schema, with their up-to-date contents. */
export function generatedFiles(): { readonly file: string; readonly text: string }[] {
  const packageFolder = path.join(import.meta.dirname, '..')
  return [
    {
      file: path.join(packageFolder, '../../docs/reference/configuration.md'),
      text: createReference(),
    },
    {
      file: path.join(packageFolder, 'generated/config.schema.json'),
      text: `${JSON.stringify(createJsonSchema(), null, 2)}\n`,
    },
  ]
}

if (import.meta.main) {
  for (const { file, text } of generatedFiles()) {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}
