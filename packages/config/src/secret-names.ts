import { looksSecret } from '@pluggram/base'

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/
const CREDENTIAL = /^(?<plugin>[a-z][a-z0-9_]{0,63})\.(?<credential>[a-z][a-z0-9]*(?:_[a-z0-9]+)*)$/
const PREFIX = 'PLUGGRAM_CREDENTIAL_'

/** Read before the store is open, so that the store cannot hold them. */
const OUTSIDE: ReadonlySet<string> = new Set(['PLUGGRAM_HOME', 'PLUGGRAM_SECRETS_KEY_FILE'])
/** Of other programs; what they name is no secret of ours. */
const FOREIGN = /^(?:AWS|AZURE|CLOUDSDK|DOCKER|GIT|KUBE\w*|NODE|NPM|SSH|SSL|SYSTEMD|XDG)_/
/** Variables whose value often contains a password, although their name does not say so. */
const MAY_CONTAIN_SECRET = /(?:^|_)(?:PROXY|HEADERS|URL|URI|CONNECTION_STRING)$/i

/**
 * The variable that holds a plugin's credential. It begins with `PLUGGRAM_`, so that it never reaches a
 * plugin's configuration. Names of credentials have no `__`, so that no two plugins share a variable.
 */
export function credentialVariable(plugin: string, credential: string): string {
  return `${PREFIX}${plugin}__${credential}`.toUpperCase()
}

/** The variable that a name of a secret means: itself, or that of `my_plugin.github`. */
export function variableOf(name: string): string | undefined {
  const { plugin, credential } = CREDENTIAL.exec(name)?.groups ?? {}
  if (plugin !== undefined && credential !== undefined) return credentialVariable(plugin, credential)
  return VARIABLE.test(name) && name !== '__proto__' && !OUTSIDE.has(name) ? name : undefined
}

/** A variable's name for people: `my_plugin.github` for the variable of a credential. */
export function nameOf(variable: string): string {
  if (!variable.startsWith(PREFIX)) return variable
  const rest = variable.slice(PREFIX.length).toLowerCase()
  const middle = rest.lastIndexOf('__')
  return middle <= 0 ? variable : `${rest.slice(0, middle)}.${rest.slice(middle + 2)}`
}

/** The variable that `NAME_FILE` gives a value to, from the file that it names. */
export function variableOfFile(name: string): string | undefined {
  const variable = /^(?<variable>\w+)_FILE$/.exec(name)?.groups?.['variable']
  if (variable === undefined || OUTSIDE.has(name) || FOREIGN.test(name)) return undefined
  return looksSecret(variable) || MAY_CONTAIN_SECRET.test(variable) ? variable : undefined
}
