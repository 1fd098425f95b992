import type { ReactElement, ReactNode } from 'react'
import { useTheme } from '../hooks/use-theme.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icon.tsx'

interface NoticePageProps {
  readonly icon: IconName
  readonly title: string
  readonly children: ReactNode
}

/** A full page with a single notice. */
export function NoticePage({ icon, title, children }: NoticePageProps): ReactElement {
  useTheme()
  return (
    <main className="notice">
      <div className="notice__card">
        <span className="notice__icon">
          <Icon name={icon} size={34} />
        </span>
        <h1>{title}</h1>
        <p>{children}</p>
        <button type="button" className="button button--primary" onClick={() => location.reload()}>
          Try again
        </button>
      </div>
    </main>
  )
}
