import { useEffect, useState } from 'react'

export type Theme = 'light' | 'dark'

const STORAGE_KEY = 'pluggram-theme'

/**
 * The current theme and a toggle. The browser's preference applies until the user chooses; the
 * choice is stored.
 */
export function useTheme(): { readonly theme: Theme; readonly toggle: () => void } {
  const [chosen, setChosen] = useState(storedTheme)
  const [preferred, setPreferred] = useState(preferredTheme)

  useEffect(() => {
    const query = darkQuery()
    const update = (): void => setPreferred(preferredTheme())
    query.addEventListener('change', update)
    return () => query.removeEventListener('change', update)
  }, [])

  useEffect(() => {
    if (chosen === undefined) delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = chosen
  }, [chosen])

  const theme = chosen ?? preferred
  function toggle(): void {
    const next = theme === 'dark' ? 'light' : 'dark'
    setChosen(next)
    try {
      localStorage.setItem(STORAGE_KEY, next)
    } catch {
      // storage may be denied; the choice then lasts as long as the page
    }
  }
  return { theme, toggle }
}

function storedTheme(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORAGE_KEY)
    return stored === 'light' || stored === 'dark' ? stored : undefined
  } catch {
    return undefined
  }
}

function darkQuery(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)')
}

function preferredTheme(): Theme {
  return darkQuery().matches ? 'dark' : 'light'
}
