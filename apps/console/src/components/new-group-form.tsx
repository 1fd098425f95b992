import { useState } from 'react'
import type { ReactElement } from 'react'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { fullName } from '../state/selectors.ts'
import { Avatar } from './avatar.tsx'

export function NewGroupForm({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { addGroup } = usePlayground()
  const users = usePlaygroundState((state) => state.users)
  const [isBusy, setBusy] = useState(false)
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set())
  const people = users.filter((user) => !user.isBot)
  const memberIds = people.filter((user) => !left.has(user.id)).map((user) => user.id)

  async function create(form: FormData): Promise<void> {
    const title = String(form.get('title') ?? '').trim()
    if (title === '') return
    setBusy(true)
    const chatId = await addGroup({
      type: form.get('isSuper') === 'on' ? 'supergroup' : 'group',
      title,
      memberIds,
    })
    setBusy(false)
    if (chatId !== undefined) onDone()
  }

  function toggle(userId: number): void {
    const next = new Set(left)
    if (!next.delete(userId)) next.add(userId)
    setLeft(next)
  }

  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        void create(new FormData(event.currentTarget))
      }}
    >
      <label className="field">
        Title
        <input
          name="title"
          dir="auto"
          required
          maxLength={128}
          autoComplete="off"
          placeholder="Weekend plans"
        />
      </label>
      <fieldset className="members">
        <legend>Members</legend>
        {people.map((user) => (
          <label key={user.id} className="members__person">
            <Avatar name={fullName(user)} id={user.id} size="small" />
            <bdi>{fullName(user)}</bdi>
            <input type="checkbox" checked={!left.has(user.id)} onChange={() => toggle(user.id)} />
          </label>
        ))}
      </fieldset>
      <label className="members__person members__person--option">
        <span>Supergroup</span>
        <input type="checkbox" name="isSuper" />
      </label>
      <footer className="dialog__footer">
        <button type="submit" className="button button--primary" disabled={isBusy || memberIds.length === 0}>
          Create
        </button>
      </footer>
    </form>
  )
}
