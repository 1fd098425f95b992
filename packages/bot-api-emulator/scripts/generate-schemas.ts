/**
 * Writes `src/generated/bot-api-schemas.json`: JSON Schemas of every Bot API method's parameters
 * and result, generated from the declarations of `@gramio/types`. Run it (`npm run generate`) after
 * changing that package's version.
 *
 * The declarations describe what a TypeScript caller passes, the schemas what arrives over HTTP.
 * Therefore some types are rewritten first; see `REWRITES`.
 */
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'

interface SchemaNode {
  [key: string]: unknown
}

const OUTPUT = path.join(import.meta.dirname, '../src/generated/bot-api-schemas.json')

/** Pairs of a type in the declarations and the type that arrives over HTTP instead. */
const REWRITES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // objects with toString() or toJSON() arrive as plain values
  [/\|\s*\{ toString\(\): string \}/g, ''],
  [/\|\s*\{ toJSON\(\): \w+(?:\.\w+)* \}/g, ''],
  // an uploaded file arrives as `attach://name`, which names another part of the request
  [/export type TelegramInputFile = Blob/g, 'export type TelegramInputFile = string'],
  // Telegram ignores unknown update kinds
  [/Exclude<keyof (?:Objects\.)?TelegramUpdate, "update_id">\[\]/g, 'string[]'],
  // a reply keyboard's button may be just its text
  [/keyboard: TelegramKeyboardButton\[\]\[\]/g, 'keyboard: (string | TelegramKeyboardButton)[][]'],
  // the alias omits the strings and arrays that its description mentions
  [/export type TelegramRichText =/g, 'export type TelegramRichText = string | TelegramRichText[]'],
]

const declarationsPath = findPackage('@gramio/types')
const packageJson: { version: string } = JSON.parse(
  await readFile(path.join(declarationsPath, 'package.json'), 'utf8'),
)

const workspace = await mkdtemp(path.join(tmpdir(), 'bot-api-schemas-'))
try {
  const { definitions, methods } = await generate()
  const used = reachable(methods, definitions)
  const output = { typesVersion: packageJson.version, methods, definitions: used }
  await mkdir(path.dirname(OUTPUT), { recursive: true })
  await writeFile(OUTPUT, `${JSON.stringify(output)}\n`)
  console.log(
    `${Object.keys(methods).length} methods and ${Object.keys(used).length} definitions of @gramio/types ` +
      `${packageJson.version} written to ${path.relative(process.cwd(), OUTPUT)}`,
  )
} finally {
  await rm(workspace, { recursive: true, force: true })
}

/** Finds the folder of a types-only package, which `require.resolve` cannot find. */
function findPackage(name: string): string {
  const file = findPackageJSON(name, import.meta.url)
  if (!file) throw new Error(`${name} is not installed; run npm ci first.`)
  return path.dirname(file)
}

async function generate(): Promise<{
  definitions: Record<string, SchemaNode>
  methods: Record<string, { params?: SchemaNode; result: SchemaNode }>
}> {
  const source = path.join(declarationsPath, 'out')
  for (const file of await readdir(source)) {
    let text = await readFile(path.join(source, file), 'utf8')
    for (const [pattern, replacement] of REWRITES) text = text.replace(pattern, replacement)
    await writeFile(path.join(workspace, file), text)
  }
  const declarations = await readFile(path.join(workspace, 'methods.d.ts'), 'utf8')
  const calls = [...declarations.matchAll(/^ {4}(\w+): (CallAPI\w*)<\s*([\s\S]*?)\s*>$/gm)]
  const entry = calls.map(([, name = '', kind = '', args = '']) => {
    const [params, result] = kind === 'CallAPIWithoutParams' ? [undefined, args] : splitArguments(args)
    return `${name}: { ${params ? `params: ${params}; ` : ''}result: ${result} }`
  })
  const entryPath = path.join(workspace, 'entry.ts')
  await writeFile(
    entryPath,
    `import type * as Params from './params'\nimport type * as Objects from './objects'\n` +
      `export interface Methods {\n${entry.join('\n')}\n}\n`,
  )
  const schema = createGenerator({
    path: entryPath,
    type: 'Methods',
    tsconfig: await writeTsconfig(),
    additionalProperties: true,
    jsDoc: 'none',
    topRef: true,
    sortProps: true,
  }).createSchema('Methods')
  const definitions = structuredClone(schema.definitions ?? {}) as Record<string, SchemaNode>
  const methodNodes = definitions['Methods'] as {
    properties: Record<string, { properties: Record<string, SchemaNode> }>
  }
  const methods: Record<string, { params?: SchemaNode; result: SchemaNode }> = {}
  for (const [name, node] of Object.entries(methodNodes.properties)) {
    methods[name] = node.properties as { params?: SchemaNode; result: SchemaNode }
  }
  if (calls.length !== Object.keys(methods).length) throw new Error('Some methods got lost on the way.')
  return { definitions, methods }
}

async function writeTsconfig(): Promise<string> {
  const file = path.join(workspace, 'tsconfig.json')
  await writeFile(
    file,
    JSON.stringify({
      compilerOptions: {
        strict: true,
        skipLibCheck: true,
        types: [],
        target: 'es2022',
        module: 'esnext',
        moduleResolution: 'bundler',
      },
    }),
  )
  return file
}

/** Splits `Params.A, Objects.B[]` in two. No declaration has a comma within its first argument. */
function splitArguments(args: string): [string, string] {
  const comma = args.indexOf(',')
  return [args.slice(0, comma).trim(), args.slice(comma + 1).trim()]
}

/** The definitions that `root` references, directly or indirectly, by name. */
function reachable(root: unknown, definitions: Record<string, SchemaNode>): Record<string, SchemaNode> {
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
      const key = decodeURIComponent(name)
      if (names.has(key)) continue
      names.add(key)
      visit(definitions[key])
    }
  }
  visit(root)
  return Object.fromEntries([...names].toSorted().map((name) => [name, definitions[name] ?? {}]))
}
