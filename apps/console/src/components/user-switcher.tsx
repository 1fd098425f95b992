import { useId, useRef } from 'react'
import type { ReactElement } from 'react'
import type { EmulatedChat } from '../api/driver-types.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { fullName } from '../state/selectors.ts'
import { Avatar } from './avatar.tsx'
import { isolate } from '../text/isolate.ts'
import { Icon } from './icon.tsx'
import { focusFirstItem, moveFocus } from './menu-focus.ts'

interface UserSwitcherProps {
  readonly chat: EmulatedChat
  readonly actorId: number | undefined
}

/** Selects the group member to write as. */
export function UserSwitcher({ chat, actorId }: UserSwitcherProps): ReactElement {
  const { actAs } = usePlayground()
  const users = usePlaygroundState((state) => state.users)
  const menuId = useId()
  const menu = useRef<HTMLDivElement>(null)
  const people = users.filter((user) => !user.isBot && chat.memberIds.includes(user.id))
  const actor = people.find((user) => user.id === actorId)
  const name = fullName(actor)
  return (
    <span className="user-switcher">
      <button
        type="button"
        className="user-switcher__button"
        data-testid="user-switcher"
        aria-label={`Writing as ${isolate(name)}, choose another member`}
        title={`Writing as ${name}`}
        popoverTarget={menuId}
      >
        <Avatar name={name} id={actor?.id ?? 0} size="small" />
      </button>
      <div
        ref={menu}
        id={menuId}
        popover="auto"
        className="menu menu--people"
        role="menu"
        aria-label="Write as"
        onToggle={focusFirstItem}
        onKeyDown={moveFocus}
      >
        <p className="menu__title" aria-hidden="true">
          Write as
        </p>
        {people.map((user) => (
          <button
            key={user.id}
            type="button"
            role="menuitemradio"
            tabIndex={-1}
            aria-checked={user.id === actorId}
            className="menu__item"
            onClick={() => {
              actAs(chat.id, user.id)
              menu.current?.hidePopover()
            }}
          >
            <Avatar name={fullName(user)} id={user.id} size="small" />
            <bdi>{fullName(user)}</bdi>
            {user.id === actorId && <Icon name="check" size={18} />}
          </button>
        ))}
      </div>
    </span>
  )
}
