/** The assistant's health report, whatever it says; `undefined` if there is no answer. */
export async function readReadiness(): Promise<unknown> {
  try {
    const response = await fetch('/readyz', { credentials: 'same-origin', cache: 'no-store' })
    return await response.json()
  } catch {
    return undefined
  }
}
