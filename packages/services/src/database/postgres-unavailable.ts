import { DatabaseError, errorMessage } from '@pluggram/sdk'

/** OpenSSL's codes for a certificate that nobody known has signed. */
const UNKNOWN_SIGNER = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])
const UNCHECKED = 'sslmode=no-verify, which encrypts but does not check whom it talks to'

/** The error of a PostgreSQL server that cannot be used, with what its owner can do about it. */
export function unavailable(label: string, error: unknown): DatabaseError {
  return new DatabaseError('database-unavailable', `${label} cannot be reached: ${explain(error)}`, {
    isRetryable: true,
  })
}

function explain(error: unknown): string {
  const code = String(Reflect.get(Object(error), 'code') ?? 'no answer')
  const message = errorMessage(error)
  if (UNKNOWN_SIGNER.has(code)) {
    return `nobody that this machine trusts has signed its certificate (${code}). Add the provider's certificate to its url in config.json: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem; or ?${UNCHECKED}.`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another name than the one in its url. Write the server's name there; or check the certificate alone: ?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/path/to/ca.pem; or ?${UNCHECKED}.`
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `its certificate is not valid now (${code}). Have it renewed and check the clock of this machine; until then, ?${UNCHECKED}.`
  }
  if (/does not support SSL/i.test(message)) {
    return 'its url asks for encryption, which the server does not have. Remove sslmode from the url in config.json, if the network between is yours.'
  }
  if (code === '28000' && /no encryption|SSL off/i.test(message)) {
    return 'it takes no connection without encryption. Add ?sslmode=require to its url in config.json.'
  }
  if (code === 'ENOENT' || code === 'EACCES') {
    return `a certificate's file that its url names cannot be read (${code}). Check sslrootcert, sslcert and sslkey in config.json; whole paths are safest.`
  }
  const reason = code === '28P01' || code === '28000' ? 'it refuses the user or password' : code
  return `${reason}. Check its url in config.json and the server.`
}
