import { loadConfiguration } from '@pluggram/config'
import type { LoadConfigurationOptions } from '@pluggram/config'
import { createSecretMask } from '@pluggram/observability'

/** What a failed command prints, without the secrets of its home: errors of libraries may quote them. */
export async function hideSecrets(text: string, options: LoadConfigurationOptions): Promise<string> {
  const secrets = await loadConfiguration(options).then(
    (loaded) => loaded.secrets,
    () => [],
  )
  return createSecretMask(secrets).apply(text)
}
