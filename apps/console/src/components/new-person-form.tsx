import { useState } from 'react'
import type { ReactElement } from 'react'
import { usePlayground } from '../state/playground-context.ts'

/** The form's fields, without empty ones. */
function fieldsOf(form: FormData): Readonly<Record<string, string>> {
  const entries = [...form.entries()].flatMap(([name, value]) =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()] as const] : [],
  )
  return Object.fromEntries(entries)
}

export function NewPersonForm({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { addPerson } = usePlayground()
  const [isBusy, setBusy] = useState(false)

  async function create(form: FormData): Promise<void> {
    const { firstName = '', ...rest } = fieldsOf(form)
    if (firstName === '') return
    setBusy(true)
    const chatId = await addPerson({ firstName, ...rest })
    setBusy(false)
    if (chatId !== undefined) onDone()
  }

  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        void create(new FormData(event.currentTarget))
      }}
    >
      <p className="form__hint">A new person gets a private chat with the assistant. You write for them.</p>
      <label className="field">
        First name
        <input name="firstName" dir="auto" required maxLength={64} autoComplete="off" placeholder="Ada" />
      </label>
      <label className="field">
        Last name
        <input name="lastName" dir="auto" maxLength={64} autoComplete="off" placeholder="optional" />
      </label>
      <div className="form__pair">
        <label className="field">
          Username
          <input
            name="username"
            pattern="[A-Za-z][A-Za-z0-9_]{3,31}"
            title="4 to 32 letters, digits and underscores; a letter first"
            autoComplete="off"
            placeholder="optional"
          />
        </label>
        <label className="field">
          Language
          <input
            name="languageCode"
            pattern="[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
            title="A language tag, such as en or pt-br"
            maxLength={35}
            defaultValue={navigator.language.slice(0, 2)}
          />
        </label>
      </div>
      <footer className="dialog__footer">
        <button type="submit" className="button button--primary" disabled={isBusy}>
          Create
        </button>
      </footer>
    </form>
  )
}
