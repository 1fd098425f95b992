import { useEffect, useState } from 'react'
import { readReadiness } from '../api/read-readiness.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { readinessNotice } from '../state/readiness.ts'
import type { ReadinessNotice } from '../state/readiness.ts'

const EVERY_MS = 5_000

/** What keeps the assistant from answering, asked every few seconds while the page is visible. */
export function useReadiness(): ReadinessNotice | undefined {
  const isOnline = usePlaygroundState((state) => state.isOnline)
  const [notice, setNotice] = useState<ReadinessNotice>()

  useEffect(() => {
    let isCurrent = true
    async function look(): Promise<void> {
      if (document.visibilityState === 'hidden') return
      const seen = readinessNotice(await readReadiness())
      if (isCurrent) setNotice((before) => (before?.text === seen?.text ? before : seen))
    }
    void look()
    const timer = setInterval(() => void look(), EVERY_MS)
    const onShown = (): void => void look()
    document.addEventListener('visibilitychange', onShown)
    return () => {
      isCurrent = false
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onShown)
    }
  }, [isOnline])

  return notice
}
