import type { ReactElement } from 'react'
import type { TranscriptAttachment } from '../api/driver-types.ts'
import { formatSize } from '../text/format.ts'
import { isolate } from '../text/isolate.ts'
import { Icon } from './icon.tsx'
import { ProgressRing } from './progress-ring.tsx'

interface DocumentCardProps {
  readonly attachment: TranscriptAttachment
  readonly source: string | undefined
  readonly progress: number | undefined
}

/** A file's type, name and size. A click downloads it. */
export function DocumentCard({ attachment, source, progress }: DocumentCardProps): ReactElement {
  const { fileName = 'File', size } = attachment
  const content = (
    <>
      <span className="file-card__icon" data-kind={extensionOf(fileName)}>
        {progress === undefined ? <FileIcon name={fileName} /> : <ProgressRing progress={progress} />}
      </span>
      <span className="file-card__body">
        <strong dir="auto" title={fileName}>
          {fileName}
        </strong>
        <span className="file-card__label">{size === undefined ? 'File' : formatSize(size)}</span>
      </span>
    </>
  )
  if (source === undefined) {
    return (
      <div className="file-card" data-testid="document">
        {content}
      </div>
    )
  }
  return (
    <a
      className="file-card"
      data-testid="document"
      href={source}
      download={fileName}
      aria-label={`Download ${isolate(fileName)}`}
    >
      {content}
    </a>
  )
}

function FileIcon({ name }: { readonly name: string }): ReactElement {
  const extension = extensionOf(name)
  return (
    <>
      <span className="file-card__kind">{extension === '' ? <Icon name="file" /> : extension}</span>
      <span className="file-card__download">
        <Icon name="download" />
      </span>
    </>
  )
}

function extensionOf(name: string): string {
  return /\.([a-z\d]{1,4})$/iu.exec(name)?.[1]?.toLowerCase() ?? ''
}
