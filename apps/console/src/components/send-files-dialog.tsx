import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { UPLOAD_LIMIT_BYTES } from '../api/upload-file.ts'
import { usePlayground } from '../state/playground-context.ts'
import { uploadKindOf } from '../text/upload-kind.ts'
import { formatSize } from '../text/format.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'

export interface ChosenFiles {
  readonly files: readonly File[]
  /** `media` sends pictures, videos and music as such; `document` sends every file unchanged. */
  readonly as: 'media' | 'document'
}

interface SendFilesDialogProps {
  readonly chatId: number
  readonly chosen: ChosenFiles
  readonly onClose: () => void
}

interface Candidate {
  readonly file: File
  readonly preview?: string
  readonly width?: number
  readonly height?: number
}

/**
 * Previews the files to send, accepts a caption, and refuses files that are too large before
 * uploading.
 */
export function SendFilesDialog({ chatId, chosen, onClose }: SendFilesDialogProps): ReactElement {
  const { sendFile } = usePlayground()
  const candidates = useCandidates(chosen.files)
  const [asDocument, setAsDocument] = useState(chosen.as === 'document')
  const [caption, setCaption] = useState('')
  const hasMedia = chosen.files.some((file) => uploadKindOf(file, 'media') !== 'document')
  const sendable = candidates.filter(({ file }) => problemOf(file) === undefined)

  function send(): void {
    for (const [index, { file, preview, ...size }] of sendable.entries()) {
      const kind = uploadKindOf(file, asDocument ? 'document' : 'media')
      const picture = kind === 'photo' && preview !== undefined ? { preview, ...size } : {}
      sendFile(chatId, { kind, file, caption: index === 0 ? caption : '', ...picture })
    }
    onClose()
  }

  const [first] = candidates
  const isPhoto =
    first !== undefined && uploadKindOf(first.file, asDocument ? 'document' : 'media') === 'photo'
  const single = isPhoto ? 'Send a photo' : 'Send a file'
  const title = candidates.length === 1 ? single : `Send ${candidates.length} files`
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (sendable.length > 0) send()
        }}
      >
        <ul className="chosen-files">
          {candidates.map((candidate, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the list never changes its order
            <li key={index}>
              <ChosenFile candidate={candidate} isLarge={!asDocument && candidates.length === 1} />
            </li>
          ))}
        </ul>
        {hasMedia && (
          <label className="members__person members__person--option">
            <span>Send as {candidates.length === 1 ? 'a file' : 'files'}</span>
            <input
              type="checkbox"
              checked={asDocument}
              onChange={(event) => setAsDocument(event.target.checked)}
            />
          </label>
        )}
        <CaptionField caption={caption} onChange={setCaption} />
        <footer className="dialog__footer">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button--primary"
            data-testid="send-files"
            disabled={sendable.length === 0}
          >
            Send
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

/** The files, soon with the size and preview of each picture. */
function useCandidates(files: readonly File[]): readonly Candidate[] {
  const [candidates, setCandidates] = useState<readonly Candidate[]>(() => files.map((file) => ({ file })))
  useEffect(() => {
    let isCurrent = true
    void Promise.all(files.map(describe)).then((described) => {
      if (isCurrent) setCandidates(described)
      return undefined
    })
    return () => {
      isCurrent = false
    }
  }, [files])
  return candidates
}

interface CaptionFieldProps {
  readonly caption: string
  readonly onChange: (caption: string) => void
}

function CaptionField({ caption, onChange }: CaptionFieldProps): ReactElement {
  return (
    <label className="field">
      Caption
      <textarea
        rows={2}
        maxLength={1024}
        value={caption}
        placeholder="Add a caption…"
        autoFocus
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          event.currentTarget.form?.requestSubmit()
        }}
      />
    </label>
  )
}

function ChosenFile({
  candidate,
  isLarge,
}: {
  readonly candidate: Candidate
  readonly isLarge: boolean
}): ReactElement {
  const { file, preview } = candidate
  const problem = problemOf(file)
  if (isLarge && preview !== undefined && problem === undefined) {
    return <img className="chosen-files__photo" src={preview} alt={file.name} />
  }
  return (
    <div className="file-card" data-problem={problem !== undefined || undefined}>
      {preview === undefined ? (
        <span className="file-card__icon">
          <Icon name={problem === undefined ? 'file' : 'warning'} />
        </span>
      ) : (
        <img className="file-card__thumbnail" src={preview} alt="" />
      )}
      <span className="file-card__body">
        <strong dir="auto">{file.name}</strong>
        <span className="file-card__label">{problem ?? formatSize(file.size)}</span>
      </span>
    </div>
  )
}

function problemOf(file: File): string | undefined {
  if (file.size > UPLOAD_LIMIT_BYTES) return `${formatSize(file.size)}: too large, files may be up to 20 MB`
  return file.size === 0 ? 'This file is empty' : undefined
}

/** Measures a picture, so that its bubble has the right size from the start. */
async function describe(file: File): Promise<Candidate> {
  if (!file.type.startsWith('image/')) return { file }
  const preview = URL.createObjectURL(file)
  const image = new Image()
  image.src = preview
  try {
    await image.decode()
    return { file, preview, width: image.naturalWidth, height: image.naturalHeight }
  } catch {
    URL.revokeObjectURL(preview)
    return { file }
  }
}
