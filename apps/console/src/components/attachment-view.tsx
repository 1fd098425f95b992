import type { ReactElement } from 'react'
import { fileUrl } from '../api/api-client.ts'
import type { TranscriptAttachment } from '../api/driver-types.ts'
import { AudioPlayer } from './audio-player.tsx'
import { DocumentCard } from './document-card.tsx'
import { Icon } from './icon.tsx'
import { LocationCard } from './location-card.tsx'
import { PhotoView } from './photo-view.tsx'
import { VideoView } from './video-view.tsx'

export interface AttachmentViewProps {
  readonly attachment: TranscriptAttachment
  /** An object URL of the same picture, if it was sent from this page. */
  readonly preview: string | undefined
  /** From 0 to 1 while the file is uploading. */
  readonly progress: number | undefined
}

/** Content of a message other than text. */
export function AttachmentView({ attachment, preview, progress }: AttachmentViewProps): ReactElement {
  const source = attachment.fileId === undefined ? undefined : fileUrl(attachment.fileId)
  const { kind, label } = attachment
  switch (kind) {
    case 'photo':
      return <PhotoView attachment={attachment} source={source} preview={preview} progress={progress} />
    case 'video':
    case 'animation':
    case 'video_note':
      return <VideoView attachment={attachment} source={source ?? preview} />
    case 'voice':
    case 'audio':
      return <AudioPlayer attachment={attachment} source={source} progress={progress} />
    case 'location':
      return <LocationCard latitude={attachment.latitude ?? 0} longitude={attachment.longitude ?? 0} />
    case 'contact':
      return <LabelCard icon="person" title="Contact" label={label} />
    case 'poll':
      return <LabelCard icon="poll" title="Poll" label={label} />
    case 'sticker':
      return source === undefined || attachment.mimeType?.startsWith('image/') !== true ? (
        <span className="sticker" role="img" aria-label="Sticker">
          {label ?? '🖼️'}
        </span>
      ) : (
        <img className="sticker" src={source} alt={label ?? 'Sticker'} />
      )
    default:
      return <DocumentCard attachment={attachment} source={source} progress={progress} />
  }
}

interface LabelCardProps {
  readonly icon: 'person' | 'poll'
  readonly title: string
  readonly label: string | undefined
}

function LabelCard({ icon, title, label }: LabelCardProps): ReactElement {
  return (
    <div className="file-card">
      <span className="file-card__icon">
        <Icon name={icon} />
      </span>
      <span className="file-card__body">
        <strong>{title}</strong>
        <span className="file-card__label">{label ?? ''}</span>
      </span>
    </div>
  )
}
