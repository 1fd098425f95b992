import { useState } from 'react'
import type { ReactElement } from 'react'
import { useTheme } from '../hooks/use-theme.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { fullName } from '../state/selectors.ts'
import { Avatar } from './avatar.tsx'
import { ChatList } from './chat-list.tsx'
import { Icon } from './icon.tsx'
import { NewChatDialog } from './new-chat-dialog.tsx'

/** The chat list with search, theme toggle and the button for a new chat. */
export function Sidebar({ openChatId }: { readonly openChatId: number | undefined }): ReactElement {
  const { theme, toggle } = useTheme()
  const bot = usePlaygroundState((state) => state.bot)
  const [search, setSearch] = useState('')
  const [isCreating, setCreating] = useState(false)
  return (
    <section className="sidebar" aria-label="Chats">
      <header className="sidebar__header">
        <Avatar name={fullName(bot)} id={bot?.id ?? 0} size="small" kind="bot" />
        <div className="sidebar__name">
          <h1>{fullName(bot)}</h1>
          <span>Playground</span>
        </div>
        <button
          type="button"
          className="icon-button"
          data-testid="theme-toggle"
          aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
          onClick={toggle}
        >
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} size={21} />
        </button>
      </header>
      <label className="search">
        <Icon name="search" size={18} />
        <input
          type="search"
          dir="auto"
          placeholder="Search"
          aria-label="Search chats"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return
            event.preventDefault()
            document.querySelector<HTMLElement>('.chat-item[tabindex="0"]')?.focus()
          }}
        />
      </label>
      <ChatList openChatId={openChatId} search={search} />
      <button
        type="button"
        className="floating-button"
        data-testid="new-chat"
        aria-label="New chat"
        title="New chat"
        onClick={() => setCreating(true)}
      >
        <Icon name="compose" size={24} />
      </button>
      {isCreating && <NewChatDialog onClose={() => setCreating(false)} />}
    </section>
  )
}
