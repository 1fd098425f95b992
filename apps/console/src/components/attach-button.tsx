import { useId, useRef, useState } from 'react'
import type { ChangeEvent, ReactElement } from 'react'
import { Icon } from './icon.tsx'
import type { IconName } from './icon.tsx'
import { LocationDialog } from './location-dialog.tsx'
import { focusFirstItem, moveFocus } from './menu-focus.ts'
import type { ChosenFiles } from './send-files-dialog.tsx'

interface AttachButtonProps {
  readonly chatId: number
  readonly onFiles: (files: ChosenFiles) => void
}

/** The paper clip, to attach pictures and videos, files, or a location. */
export function AttachButton({ chatId, onFiles }: AttachButtonProps): ReactElement {
  const menuId = useId()
  const menu = useRef<HTMLDivElement>(null)
  const photos = useRef<HTMLInputElement>(null)
  const documents = useRef<HTMLInputElement>(null)
  const [isLocating, setLocating] = useState(false)

  function choose(event: ChangeEvent<HTMLInputElement>, as: ChosenFiles['as']): void {
    const files = [...(event.target.files ?? [])]
    // allow choosing the same file again
    event.target.value = ''
    if (files.length > 0) onFiles({ files, as })
  }

  function pick(action: () => void): void {
    menu.current?.hidePopover()
    action()
  }

  return (
    <span className="attach">
      <button
        type="button"
        className="icon-button"
        data-testid="attach"
        aria-label="Attach"
        popoverTarget={menuId}
      >
        <Icon name="paperclip" />
      </button>
      <div
        ref={menu}
        id={menuId}
        popover="auto"
        className="menu menu--attach"
        role="menu"
        aria-label="Attach"
        onToggle={focusFirstItem}
        onKeyDown={moveFocus}
      >
        <AttachItem icon="photo" label="Photo or video" onPick={() => pick(() => photos.current?.click())} />
        <AttachItem icon="file" label="File" onPick={() => pick(() => documents.current?.click())} />
        <AttachItem icon="pin" label="Location" onPick={() => pick(() => setLocating(true))} />
      </div>
      <input
        ref={photos}
        type="file"
        hidden
        multiple
        accept="image/*,video/*"
        data-testid="file-input-photo"
        onChange={(event) => choose(event, 'media')}
      />
      <input
        ref={documents}
        type="file"
        hidden
        multiple
        data-testid="file-input-document"
        onChange={(event) => choose(event, 'document')}
      />
      {isLocating && <LocationDialog chatId={chatId} onClose={() => setLocating(false)} />}
    </span>
  )
}

interface AttachItemProps {
  readonly icon: IconName
  readonly label: string
  readonly onPick: () => void
}

function AttachItem({ icon, label, onPick }: AttachItemProps): ReactElement {
  return (
    <button type="button" role="menuitem" tabIndex={-1} className="menu__item" onClick={onPick}>
      <Icon name={icon} size={20} /> {label}
    </button>
  )
}
