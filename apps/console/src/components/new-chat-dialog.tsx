import { useState } from 'react'
import type { ReactElement } from 'react'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'
import { NewGroupForm } from './new-group-form.tsx'
import { NewPersonForm } from './new-person-form.tsx'

/** Creates a person with a private chat, or a group of people and the assistant. */
export function NewChatDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [kind, setKind] = useState<'person' | 'group'>('person')
  return (
    <Dialog title="New chat" onClose={onClose}>
      <div className="segments" role="group" aria-label="Kind of chat">
        <button type="button" aria-pressed={kind === 'person'} onClick={() => setKind('person')}>
          <Icon name="person" size={18} /> Person
        </button>
        <button type="button" aria-pressed={kind === 'group'} onClick={() => setKind('group')}>
          <Icon name="group" size={18} /> Group
        </button>
      </div>
      {kind === 'person' ? <NewPersonForm onDone={onClose} /> : <NewGroupForm onDone={onClose} />}
    </Dialog>
  )
}
