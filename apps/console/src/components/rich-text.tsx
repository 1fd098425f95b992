import { Fragment, useMemo } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { buildEntityTree, isBlockEntity } from '../text/entity-tree.ts'
import type { MessageEntity, TextNode } from '../text/entity-tree.ts'
import { safeLink } from '../text/safe-link.ts'
import { CodeBlock } from './code-block.tsx'
import { CopyableText } from './copyable-text.tsx'
import { QuoteBlock } from './quote-block.tsx'
import { Spoiler } from './spoiler.tsx'

interface RichTextProps {
  readonly text: string
  readonly entities: readonly MessageEntity[]
  /** Called when a `/command` is clicked. Without it, commands are plain text. */
  readonly onCommand?: ((command: string) => void) | undefined
}

/** Renders Telegram's formatted text as React elements. The text is never parsed as markup. */
export function RichText({ text, entities, onCommand }: RichTextProps): ReactElement {
  const tree = useMemo(() => buildEntityTree(text, entities), [text, entities])
  return <>{renderNodes(tree, onCommand)}</>
}

function renderNodes(nodes: readonly TextNode[], onCommand: RichTextProps['onCommand']): ReactNode {
  return nodes.map((node, index) => {
    if (node.kind === 'entity') {
      const key = `${node.start}-${node.entity.type}`
      return <Fragment key={key}>{renderEntity(node, onCommand)}</Fragment>
    }
    const followsBlock = isBlock(nodes[index - 1])
    return <Fragment key={node.start}>{followsBlock ? withoutFirstBreak(node.text) : node.text}</Fragment>
  })
}

/**
 * Hides the line break after a block, which would otherwise show as an empty line. It stays in the
 * text.
 */
function withoutFirstBreak(text: string): ReactNode {
  if (!text.startsWith('\n')) return text
  return (
    <>
      <span className="undrawn">{'\n'}</span>
      {text.slice(1)}
    </>
  )
}

function isBlock(node: TextNode | undefined): boolean {
  return node?.kind === 'entity' && isBlockEntity(node.entity)
}

type EntityNode = Extract<TextNode, { readonly kind: 'entity' }>

function renderEntity(node: EntityNode, onCommand: RichTextProps['onCommand']): ReactNode {
  const { entity, text } = node
  const children = renderNodes(node.children, onCommand)
  switch (entity.type) {
    case 'bold':
      return <strong>{children}</strong>
    case 'italic':
      return <em>{children}</em>
    case 'underline':
      return <u>{children}</u>
    case 'strikethrough':
      return <s>{children}</s>
    case 'spoiler':
      return <Spoiler text={text}>{children}</Spoiler>
    case 'code':
      return <CopyableText kind="code" text={text} />
    case 'pre':
      return <CodeBlock code={text} language={entity.language} />
    case 'blockquote':
      return <QuoteBlock isExpandable={false}>{children}</QuoteBlock>
    case 'expandable_blockquote':
      return <QuoteBlock isExpandable>{children}</QuoteBlock>
    case 'text_link':
      return link(entity.url ?? '', children, entity.url)
    case 'url':
      return link(text, children)
    case 'email':
      return link(`mailto:${text}`, children)
    case 'mention':
      return link(`https://t.me/${text.replace(/^@/u, '')}`, children)
    case 'bot_command':
      return onCommand === undefined ? (
        <span className="accent">{children}</span>
      ) : (
        <button type="button" className="text-button" dir="auto" onClick={() => onCommand(text)}>
          {children}
        </button>
      )
    case 'phone_number':
      return <CopyableText kind="phone" text={text} />
    case 'text_mention':
    case 'hashtag':
    case 'cashtag':
      return <span className="accent">{children}</span>
    default:
      // custom emoji are shown as the plain emoji they replace, and unknown kinds as plain text
      return children
  }
}

/** A link that shows its target if its text does not. An unsafe address is not a link. */
function link(address: string, children: ReactNode, title?: string): ReactNode {
  const href = safeLink(address)
  if (href === undefined) return children
  return (
    <a
      href={href}
      dir="auto"
      target="_blank"
      rel="noopener noreferrer"
      {...(title === undefined ? {} : { title: href })}
    >
      {children}
    </a>
  )
}
