import { useId, useState } from 'react'
import type { ReactElement } from 'react'
import { usePlayground } from '../state/playground-context.ts'
import { CITIES } from '../text/cities.ts'
import { parsePlace } from '../text/parse-place.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'

interface LocationDialogProps {
  readonly chatId: number
  readonly onClose: () => void
}

const NOT_SHARED = 'The browser did not share your location. Type a city or coordinates instead.'
const NOT_FOUND = "I don't know that place. Type a big city, or coordinates such as 52.52, 13.405."

/** Sends where the reader is, or a typed place. */
export function LocationDialog({ chatId, onClose }: LocationDialogProps): ReactElement {
  const { sendLocation } = usePlayground()
  const [written, setWritten] = useState('')
  const [problem, setProblem] = useState('')
  const [isLocating, setLocating] = useState(false)
  const citiesId = useId()
  const problemId = useId()

  function send(latitude: number, longitude: number): void {
    sendLocation(chatId, latitude, longitude)
    onClose()
  }

  function locate(): void {
    setProblem('')
    setLocating(true)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => send(coords.latitude, coords.longitude),
      () => {
        setLocating(false)
        setProblem(NOT_SHARED)
      },
      { timeout: 10_000 },
    )
  }

  return (
    <Dialog title="Send a location" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          const place = parsePlace(written)
          if (place === undefined) setProblem(NOT_FOUND)
          else send(place.latitude, place.longitude)
        }}
      >
        {'geolocation' in navigator && (
          <button
            type="button"
            className="button button--wide"
            data-testid="where-i-am"
            disabled={isLocating}
            onClick={locate}
          >
            <Icon name="pin" size={18} /> {isLocating ? 'Asking the browser…' : 'Where I am'}
          </button>
        )}
        <label className="field">
          City or coordinates
          <input
            dir="auto"
            required
            list={citiesId}
            autoComplete="off"
            placeholder="Berlin, or 52.52, 13.405"
            value={written}
            aria-invalid={problem !== ''}
            aria-describedby={problem === '' ? undefined : problemId}
            onChange={(event) => {
              setWritten(event.target.value)
              setProblem('')
            }}
          />
        </label>
        <CityList id={citiesId} />
        {problem !== '' && (
          <p className="form__problem" id={problemId} role="alert">
            {problem}
          </p>
        )}
        <footer className="dialog__footer">
          <button type="submit" className="button button--primary">
            Send
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

function CityList({ id }: { readonly id: string }): ReactElement {
  return (
    <datalist id={id}>
      {CITIES.map(([name]) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  )
}
